package io.llama3v.train.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private long now;

  private ProgressLine line(boolean terminal, long first, long total) {
    return new ProgressLine(new PrintStream(bytes, true, StandardCharsets.UTF_8), terminal, Duration.ofSeconds(10), () -> now, "clip", first,
        total);
  }

  private String text() {
    return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }

  @Test
  void printsPlainLinesAtIntervals() {
    try (ProgressLine line = line(false, 100, 200)) {
      for (int step = 101; step <= 125; step++) {
        now += 1_000_000_000L;
        line.update(new StepStats(step, 2.0, 1e-3, 0.5, 64, 1_000, 0));
      }
    }
    String[] lines = text().split("\n");
    assertEquals(4, lines.length, "the first step, two intervals, and the rest at the end:\n" + text());
    assertTrue(lines[1].startsWith("clip 111/200  loss 2.0000  lr 1.00e-03  grad 0.5000  64 img/s  1k tok/s  eta 1m29s  mem "), lines[1]);
    assertTrue(lines[3].startsWith("clip 125/200"), lines[3]);
  }

  @Test
  void drawsOverItselfOnATerminal() {
    try (ProgressLine line = line(true, 0, 3)) {
      now = 1_000_000_000L;
      line.update(new StepStats(1, 2.0, 1e-3, 0.5, 0, 0, 7));
      line.message("saved");
      line.update(new StepStats(3, 2.0, 1e-3, 0.5, 0, 0, 0));
    }
    assertTrue(text().startsWith("\rclip 1/3"), text());
    assertTrue(text().contains("skipped 7"), text());
    assertTrue(text().matches("(?s).*\r +\rsaved\n\rclip 3/3.*\n"), text());
  }

  @Test
  void smoothingIsUnbiasedAtTheStartAndABrokenLossShows() {
    try (ProgressLine line = line(false, 0, 10)) {
      line.update(new StepStats(1, 4.0, 0, 0, 0, 0, 0));
      assertEquals(4.0, line.smoothedLoss(), 1e-12);
      line.update(new StepStats(2, 2.0, 0, 0, 0, 0, 0));
      assertEquals((0.95 * 4 + 2) / 1.95, line.smoothedLoss(), 1e-12);
      now = 20_000_000_000L;
      line.update(new StepStats(3, Double.NaN, 0, 0, 0, 0, 0));
    }
    assertTrue(text().contains("clip 3/10  loss NaN"), text());
  }

  @Test
  void numbersAreShort() {
    assertEquals("8.1k", Format.si(8_123));
    assertEquals("1M", Format.si(999_600));
    assertEquals("412", Format.si(412));
    assertEquals("0.5", Format.si(0.5));
    assertEquals("1h02m", Format.duration(3_725));
    assertEquals("3m05s", Format.duration(185));
    assertEquals("1d01h", Format.duration(90_000));
    assertEquals("4.2s", Format.duration(4.2));
    assertEquals("?", Format.duration(Double.NaN));
    assertEquals("2.0 GiB", Format.bytes(2L << 30));
    assertEquals("3.142", Format.number(Math.PI));
    assertEquals("1.20e-04", Format.number(0.00012));
    assertEquals("0", Format.number(0));
    assertTrue(ProcessMemory.residentBytes() > 1 << 20);
    assertTrue(ProcessMemory.peakBytes() > 1 << 20);
  }

  @Test
  void progressCounts() {
    try (Progress progress = Progress.of("corpus", 10)) {
      progress.step();
      progress.step(3);
      assertEquals(4, progress.done());
    }
  }
}
