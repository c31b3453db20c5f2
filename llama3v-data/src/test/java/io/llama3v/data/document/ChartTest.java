package io.llama3v.data.document;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.data.corpus.Draw;
import io.llama3v.data.document.chart.ChartKind;
import io.llama3v.data.document.chart.ChartQuestions;
import io.llama3v.data.document.chart.ChartRenderer;
import io.llama3v.data.document.chart.DataTable;
import io.llama3v.data.document.chart.TableMaker;
import io.llama3v.image.RgbImage;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ChartTest {
  /** Reads the Markdown table and answers anew: what the chart's own code computed is not used. */
  private static String answer(DataTable table, Turn turn) {
    String[] lines = table.markdown().split("\n");
    List<String[]> cells = new ArrayList<>();
    for (String line : lines) cells.add(line.substring(1, line.length() - 1).split("\\|"));
    String[] head = cells.get(0);
    int column = 1;
    for (int c = 1; c < head.length; c++) if (turn.question().contains(" of " + head[c].strip() + " ")  || turn.question().endsWith(" of " + head[c].strip() + "?")) column = c;
    int best = 2;
    long sum = 0;
    for (int r = 2; r < cells.size(); r++) {
      long value = Long.parseLong(cells.get(r)[column].strip());
      sum += value;
      long leading = Long.parseLong(cells.get(best)[column].strip());
      if (turn.kind().equals("highest") ? value > leading : turn.kind().equals("lowest") && value < leading) best = r;
    }
    return switch (turn.kind()) {
      case "highest", "lowest" -> cells.get(best)[0].strip();
      case "sum" -> Long.toString(sum);
      case "count" -> Integer.toString(cells.size() - 2);
      case "series" -> Integer.toString(head.length - 1);
      case "value" -> Long.toString(value(cells, column, named(turn, "for (.+)\\?")));
      case "compare" -> value(cells, column, named(turn, "for (.+) higher")) > value(cells, column, named(turn, "than for (.+)\\?")) ? "Yes" : "No";
      case "difference" -> Long.toString(Math.abs(value(cells, column, named(turn, "for (.+) and")) - value(cells, column, named(turn, " and (.+) differ"))));
      default -> turn.answer();
    };
  }

  private static String named(Turn turn, String pattern) {
    Matcher m = Pattern.compile(pattern).matcher(turn.question());
    assertTrue(m.find(), turn.question());
    return m.group(1);
  }

  private static long value(List<String[]> cells, int column, String row) {
    for (String[] line : cells) if (line[0].strip().equals(row)) return Long.parseLong(line[column].strip());
    throw new AssertionError("no row '" + row + "'");
  }

  @Test
  void answersFollowFromTheTable() {
    Set<String> kinds = new HashSet<>();
    for (int n = 0; n < 400; n++) {
      ChartKind kind = ChartKind.values()[n % ChartKind.values().length];
      Draw draw = new Draw(7, "test", n);
      DataTable table = TableMaker.make(draw, kind);
      for (Turn turn : ChartQuestions.ask(draw, table, kind, true)) {
        assertEquals(answer(table, turn), turn.answer(), () -> turn + "\n" + table.markdown());
        kinds.add(turn.kind());
      }
    }
    assertEquals(Set.of("table", "title", "kind", "series", "count", "highest", "lowest", "compare", "value", "sum", "difference"), kinds);
  }

  @Test
  void unlabelledChartsAreNotAskedForNumbers() {
    Draw draw = new Draw(7, "test", 1);
    DataTable table = TableMaker.make(draw, ChartKind.LINE);
    assertTrue(ChartQuestions.ask(draw, table, ChartKind.LINE, false).stream().noneMatch(t -> List.of("value", "sum", "difference").contains(t.kind())));
  }

  @Test
  void barsAreAsHighAsTheirValues() throws IOException {
    List<BigDecimal> values = List.of(new BigDecimal(10), new BigDecimal(40), new BigDecimal(25), new BigDecimal(5));
    DataTable table = new DataTable("Boats", "town", "boats", List.of("A", "B", "C", "D"), List.of(new DataTable.Column("Boats", values)));
    RgbImage image = ChartRenderer.open(DocumentFonts.open(DocumentFonts.Source.BUNDLED)).draw(new Draw(1, "colours", 0), table, ChartKind.BAR, false, new PictureLimits(400, 300));
    List<Integer> heights = new ArrayList<>();
    int run = 0;
    for (int x = 0; x < image.width(); x++) {
      int high = Pixels.count(image, new Box(x, 0, x + 1, image.height()), p -> p == 0x3366aa || p == 0x1b9e77 || p == 0x264653);
      if (high > 5 && ++run == 10) heights.add(high); // well within a bar
      if (high <= 5) run = 0;
    }
    assertEquals(4, heights.size(), heights.toString());
    for (int i = 0; i < 4; i++) assertEquals(values.get(i).doubleValue() / 40, heights.get(i) / (double) heights.get(1), 0.02, heights.toString());
  }

  @Test
  void everyKindIsDrawnInTheSizeAskedForAndAlwaysTheSame() throws IOException {
    ChartRenderer renderer = ChartRenderer.open(DocumentFonts.open(DocumentFonts.Source.BUNDLED));
    for (ChartKind kind : ChartKind.values()) {
      DataTable table = TableMaker.make(new Draw(3, "kinds", kind.ordinal()), kind);
      RgbImage image = renderer.draw(new Draw(3, "colours", 1), table, kind, true, new PictureLimits(320, 240));
      assertEquals(320, image.width());
      assertEquals(240, image.height());
      assertTrue(Pixels.count(image, p -> p != 0xffffff) > 2_000, kind.words());
      assertEquals(image, renderer.draw(new Draw(3, "colours", 1), table, kind, true, new PictureLimits(320, 240)));
    }
  }
}
