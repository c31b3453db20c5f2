package io.llama3v.data.document.chart;

import io.llama3v.data.corpus.Draw;
import io.llama3v.data.document.Turn;
import io.llama3v.data.document.chart.DataTable.Column;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;

/** Questions about a chart whose answers follow from its table. */
public final class ChartQuestions {
  private ChartQuestions() {}

  /**
   * Questions with their true answers: the table, the title, counts, extremes and comparisons, and where values are written on the chart
   * also values, sums and differences.
   *
   * @param labelled whether the chart shows the numbers themselves
   */
  public static List<Turn> ask(Draw draw, DataTable table, ChartKind kind, boolean labelled) {
    List<Turn> turns = new ArrayList<>();
    turns.add(new Turn("table", draw.of(List.of("Give the data of the chart as a table.", "Write the chart's data as a Markdown table.",
        "Which data does the chart show? Answer with a table.")), table.markdown()));
    turns.add(new Turn("title", draw.of(List.of("What is the title of the chart?", "What does the title say?")), table.title()));
    turns.add(new Turn("kind", "What kind of chart is this?", kind.words() + " chart"));
    if (table.columns().size() > 1) {
      turns.add(new Turn("series", "How many series does the chart show?", Integer.toString(table.columns().size())));
    } else {
      turns.add(new Turn("count", "How many " + kind.marks() + " does the chart have?", Integer.toString(table.rows().size())));
    }
    Column column = draw.of(table.columns());
    extreme(draw, table, column, turns, true);
    extreme(draw, table, column, turns, false);
    compare(draw, table, column, turns);
    if (labelled && kind != ChartKind.SCATTER) numbers(draw, table, column, turns);
    return turns;
  }

  private static void extreme(Draw draw, DataTable table, Column column, List<Turn> turns, boolean highest) {
    BigDecimal best = column.values().stream().reduce(highest ? BigDecimal::max : (BinaryOperator<BigDecimal>) BigDecimal::min).orElseThrow();
    if (column.values().stream().filter(v -> v.compareTo(best) == 0).count() != 1) return;
    String row = table.rows().get(column.values().indexOf(best));
    String word = highest ? draw.of(List.of("highest", "largest")) : draw.of(List.of("lowest", "smallest"));
    turns.add(new Turn(highest ? "highest" : "lowest", "Which %s has the %s value%s?".formatted(table.rowName(), word, of(table, column)), row));
  }

  private static void compare(Draw draw, DataTable table, Column column, List<Turn> turns) {
    if (table.rows().size() < 2) return;
    int a = draw.below(table.rows().size());
    int b = (a + 1 + draw.below(table.rows().size() - 1)) % table.rows().size();
    boolean more = column.values().get(a).compareTo(column.values().get(b)) > 0;
    turns.add(new Turn("compare", "Is the value%s for %s higher than for %s?".formatted(of(table, column), table.rows().get(a), table.rows().get(b)),
        more ? "Yes" : "No"));
  }

  private static void numbers(Draw draw, DataTable table, Column column, List<Turn> turns) {
    int row = draw.below(table.rows().size());
    turns.add(new Turn("value", "What is the value%s for %s?".formatted(of(table, column), table.rows().get(row)), DataTable.text(column.values().get(row))));
    turns.add(new Turn("sum", "What do all values%s add up to?".formatted(of(table, column)),
        DataTable.text(column.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add))));
    if (table.rows().size() > 1) {
      int other = (row + 1 + draw.below(table.rows().size() - 1)) % table.rows().size();
      turns.add(new Turn("difference", "By how much do the values%s for %s and %s differ?".formatted(of(table, column), table.rows().get(row),
          table.rows().get(other)), DataTable.text(column.values().get(row).subtract(column.values().get(other)).abs())));
    }
  }

  private static String of(DataTable table, Column column) {
    return table.columns().size() == 1 ? "" : " of " + column.name();
  }
}
