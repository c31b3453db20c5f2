package io.llama3v.train.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsLogTest {
  @TempDir
  private Path directory;

  private Path file() {
    return directory.resolve("metrics.jsonl");
  }

  @Test
  void writesFlatLinesThatAreThereAtOnce() throws IOException {
    try (MetricsLog log = MetricsLog.open(file())) {
      Map<String, Double> values = new LinkedHashMap<>();
      values.put("loss", 3.25);
      values.put("lr", 1e-3);
      log.log("clip", 10, 12.34567, values);
      assertEquals("{\"stage\":\"clip\",\"step\":10,\"seconds\":12.346,\"loss\":3.25,\"lr\":0.001}\n", Files.readString(file()));
    }
  }

  @Test
  void whatIsNotANumberSurvives() throws IOException {
    try (MetricsLog log = MetricsLog.open(file())) {
      log.log("clip", 1, 0, Map.of("loss", Double.NaN));
      log.log("clip", 2, 0, Map.of("loss", Double.NEGATIVE_INFINITY));
    }
    List<MetricsRecord> records = MetricsLog.read(file());
    assertTrue(Double.isNaN(records.get(0).values().get("loss")));
    assertEquals(Double.NEGATIVE_INFINITY, records.get(1).values().get("loss"));
  }

  @Test
  void halfALineAtTheEndIsLeftOutAndThenCutOff() throws IOException {
    try (MetricsLog log = MetricsLog.open(file())) {
      log.log("clip", 1, 1, Map.of("loss", 2.0));
    }
    byte[] cut = "{\"stage\":\"clip\",\"step\":2,\"note\":\"\u00e9".getBytes(StandardCharsets.UTF_8);
    Files.write(file(), Arrays.copyOf(cut, cut.length - 1), StandardOpenOption.APPEND);
    assertEquals(List.of(1L), steps());
    try (MetricsLog log = MetricsLog.open(file())) {
      log.log("clip", 2, 2, Map.of("loss", 1.5));
    }
    assertEquals(List.of(1L, 2L), steps());
  }

  @Test
  void aFileOfHalfALineBecomesEmpty() throws IOException {
    Files.writeString(file(), "{\"sta");
    try (MetricsLog log = MetricsLog.open(file())) {
      log.log("lm", 1, 0, Map.of());
    }
    assertEquals(List.of(1L), steps());
  }

  @Test
  void resumeDropsWhatWillBeDoneAgainAndKeepsOtherStages() throws IOException {
    try (MetricsLog log = MetricsLog.open(file())) {
      for (long step = 1; step <= 4; step++) {
        log.log("clip", step, step, Map.of("loss", 1.0 / step));
      }
      log.log("adapter", 9, 1, Map.of("loss", 5.0));
    }
    try (MetricsLog log = MetricsLog.resume(file(), "clip", 2)) {
      log.log("clip", 3, 3, Map.of("loss", 0.25));
    }
    assertEquals(List.of(1L, 2L, 9L, 3L), steps());
    assertEquals(0.25, MetricsLog.read(file()).get(3).values().get("loss"));
    MetricsLog.resume(file(), "clip", -1).close();
    assertEquals(List.of(9L), steps());
  }

  @Test
  void aBrokenLineInTheMiddleIsNamed() throws IOException {
    Files.writeString(file(), "{\"stage\":\"a\",\"step\":1,\"seconds\":0}\nnot json\n{\"stage\":\"a\",\"step\":2,\"seconds\":0}\n");
    IOException error = assertThrows(IOException.class, () -> MetricsLog.read(file()));
    assertTrue(error.getMessage().contains("metrics.jsonl:2:"), error.getMessage());
    Files.writeString(file(), "{\"stage\":\"a\",\"step\":1,\"seconds\":0,\"loss\":\"low\"}\n\n{}\n");
    assertTrue(assertThrows(IOException.class, () -> MetricsLog.read(file())).getMessage().contains("loss"));
  }

  @Test
  void reservedNamesAreRefused() throws IOException {
    try (MetricsLog log = MetricsLog.open(file())) {
      assertThrows(IllegalArgumentException.class, () -> log.log("a", 1, 0, Map.of("step", 1.0)));
    }
  }

  private List<Long> steps() throws IOException {
    return MetricsLog.read(file()).stream().map(MetricsRecord::step).collect(Collectors.toList());
  }
}
