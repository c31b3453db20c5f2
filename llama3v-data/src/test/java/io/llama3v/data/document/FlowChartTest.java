package io.llama3v.data.document;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.data.corpus.Draw;
import io.llama3v.data.document.flow.FlowChart;
import io.llama3v.data.document.flow.FlowMaker;
import io.llama3v.data.document.flow.FlowRenderer;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class FlowChartTest {
  @Test
  void mermaidIsWrittenByHandTheSame() {
    assertEquals("flowchart TD\n  n1[Fetch the key]\n  n2{Is it open?}\n  n2x[Go home]\n  n3[Sweep the hall]\n  n1 --> n2\n  n2 -->|yes| n3\n  n2 -->|no| n2x",
        new FlowChart(List.of(new FlowChart.Node("Fetch the key", null), new FlowChart.Node("Is it open?", "Go home"), new FlowChart.Node("Sweep the hall", null))).mermaid());
    assertThrows(IllegalArgumentException.class, () -> new FlowChart(List.of(new FlowChart.Node("a", null), new FlowChart.Node("b", "c"))));
  }

  @Test
  void answersFollowFromTheMermaidText() {
    for (int n = 0; n < 200; n++) {
      FlowChart chart = FlowMaker.make(new Draw(2, "flow", n));
      Map<String, String> texts = new HashMap<>();
      Matcher node = Pattern.compile("  (n\\d+x?)[\\[{](.+)[\\]}]").matcher(chart.mermaid());
      while (node.find()) texts.put(node.group(1), node.group(2));
      assertEquals(texts.size(), new HashSet<>(texts.values()).size(), "two nodes say the same");
      Map<String, String> next = new HashMap<>();
      Matcher edge = Pattern.compile("  (n\\d+) -->(?:\\|(yes|no)\\|)? (n\\d+x?)").matcher(chart.mermaid());
      while (edge.find()) next.put(texts.get(edge.group(1)) + (edge.group(2) == null ? "" : edge.group(2)), texts.get(edge.group(3)));
      for (Turn turn : FlowMaker.ask(new Draw(2, "ask", n), chart)) {
        Matcher asked = Pattern.compile("\"(.+)\"(?: is (yes|no))?").matcher(turn.question());
        switch (turn.kind()) {
          case "next", "branch" -> {
            assertTrue(asked.find());
            assertEquals(next.get(asked.group(1) + (asked.group(2) == null ? "" : asked.group(2))), turn.answer());
          }
          case "decisions" -> assertEquals(texts.values().stream().filter(t -> t.endsWith("?")).count(), Long.parseLong(turn.answer()));
          default -> assertEquals(chart.mermaid(), turn.answer());
        }
      }
    }
  }

  @Test
  void nodesAreWithinThePictureApartAndHaveTheirTextInside() throws IOException {
    FlowRenderer renderer = new FlowRenderer(DocumentFonts.open(DocumentFonts.Source.BUNDLED));
    for (int n = 0; n < 6; n++) {
      FlowRenderer.Drawn drawn = renderer.draw(new Draw(2, "draw", n), FlowMaker.make(new Draw(2, "flow", n)), new PictureLimits(400, 400));
      Box all = new Box(0, 0, 400, 400);
      for (TextBox a : drawn.nodes()) {
        assertTrue(all.contains(a.box()), a.toString());
        assertTrue(Pixels.count(drawn.image(), a.box(), Pixels::dark) > 50, a.toString());
        for (TextBox b : drawn.nodes()) assertFalse(a != b && a.box().overlaps(b.box()), a + " and " + b);
      }
      assertEquals(drawn.image(), renderer.draw(new Draw(2, "draw", n), FlowMaker.make(new Draw(2, "flow", n)), new PictureLimits(400, 400)).image());
    }
  }
}
