package io.llama3v.train.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.train.eval.EvaluationTable.Bar;
import io.llama3v.train.eval.EvaluationTable.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationTableTest {
  private static final EvaluationTable TABLE = new EvaluationTable("tiny", "200 candidates", List.of(
      Row.of("retrieval", "image to text", "held-out concepts", "R@1", 200, 0.075).withChance(0.005).withBar(Bar.timesChance(15)),
      Row.of("vqa", "colour", "held-out", "accuracy", 120, 0.60).withBlind(0.18).withInterval(new Bootstrap.Interval(0.6, 0.51, 0.69))
          .withBar(Bar.aboveBlind(0.5)),
      Row.of("retrieval", "", "held-out concepts", "median rank", 200, 14.5).withUnit("of 200")));

  @Test
  void judgesEachKindOfBar() {
    assertEquals(List.of(true, false), List.of(TABLE.rows().get(0).met(), TABLE.rows().get(1).met()));
    assertNull(TABLE.rows().get(2).met());
    Row row = Row.of("t", "k", "s", "m", 10, 0.25);
    assertTrue(row.withBar(Bar.atLeast(0.25)).met());
    assertNull(row.withBar(Bar.timesChance(2)).met(), "without chance nothing can be said");
    assertEquals(0.68, TABLE.rows().get(1).target(), 1e-12);
  }

  @Test
  void aTargetIsNotMissedByARoundingError() {
    assertTrue(3 * 0.1 > 0.3);
    assertTrue(Row.of("t", "k", "s", "m", 10, 0.3).withChance(0.1).withBar(Bar.timesChance(3)).met());
  }

  @Test
  void roundTripsThroughJson(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("evaluation.json");
    EvaluationTable.write(file, List.of(TABLE));
    assertEquals(List.of(TABLE), EvaluationTable.read(file));
    String json = Files.readString(file);
    assertTrue(json.contains("\"times_chance\"") && json.contains("\"met\" : true"), json);
  }

  @Test
  void aBrokenFileIsNamedWithItsLine(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("evaluation.json"), "[\n{\"title\": 3,\n \"rows\": 7}]");
    IOException error = assertThrows(IOException.class, () -> EvaluationTable.read(file));
    assertTrue(error.getMessage().contains("evaluation.json:3"), error.getMessage());
  }

  @Test
  void printsAlignedColumnsAndLeavesOutEmptyOnes() {
    String expected = """
        tiny
        task       kind           split              metric         n        model   95% interval  blind  chance  bar            met
        ---------  -------------  -----------------  -----------  ---  -----------  -------------  -----  ------  -------------  ---
        retrieval  image to text  held-out concepts  R@1          200         7.5%                          0.5%  >= 15x chance  yes
        vqa        colour         held-out           accuracy     120        60.0%  51.0% - 69.0%  18.0%          >= blind + 50  NO
        retrieval                 held-out concepts  median rank  200  14.5 of 200
        200 candidates
        """;
    assertEquals(expected, TABLE.toConsole());
    String narrow = new EvaluationTable("", List.of(Row.of("vqa", "", "", "accuracy", 9, 1))).toConsole();
    assertEquals("task  metric    n   model\n----  --------  -  ------\nvqa   accuracy  9  100.0%\n", narrow);
  }
}
