package io.llama3v.train.report;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * The line that a training run shows: step, loss (smoothed), learning rate, gradient norm, images and tokens a second, time left, memory,
 * skipped samples. On a terminal one line is drawn over itself; elsewhere a plain line is printed now and then, so that a log file stays
 * readable.
 *
 * <p>Rates are over the time since the line before; the time left is from the pace since this process began the stage, so that steps done
 * before a resume do not count as fast. Not safe for use by several threads.
 */
public final class ProgressLine implements AutoCloseable {
  private static final double SMOOTHING = 0.95;

  private final PrintStream out;
  private final boolean terminal;
  private final long intervalNanos;
  private final LongSupplier nanoTime;
  private final String stage;
  private final long firstStep;
  private final long totalSteps;
  private final long startedAt;

  private double smoothed;
  private double weight;
  private long images;
  private long tokens;
  private long lastPrinted;
  private int width;
  private boolean pending;
  private StepStats last;

  /**
   * Begins the line of a stage, on standard error.
   *
   * @param firstStep  steps completed before this process, 0 for a new stage
   * @param totalSteps steps at which the stage ends
   */
  public static ProgressLine begin(String stage, long firstStep, long totalSteps) {
    boolean terminal = Terminal.isThere() && !"dumb".equals(System.getenv("TERM"));
    return new ProgressLine(System.err, terminal, terminal ? Duration.ofMillis(500) : Duration.ofSeconds(10), System::nanoTime,
        stage, firstStep, totalSteps);
  }

  /**
   * A line with everything chosen.
   *
   * @param out      where to print
   * @param terminal whether to draw over the line
   * @param interval least time between two lines
   * @param nanoTime the clock
   */
  public ProgressLine(PrintStream out, boolean terminal, Duration interval, LongSupplier nanoTime, String stage, long firstStep,
                      long totalSteps) {
    this.out = out;
    this.terminal = terminal;
    this.intervalNanos = interval.toNanos();
    this.nanoTime = nanoTime;
    this.stage = stage;
    this.firstStep = firstStep;
    this.totalSteps = totalSteps;
    this.startedAt = nanoTime.getAsLong();
    this.lastPrinted = startedAt;
  }

  /** Takes note of a step, and shows it if it is time to. The first and the last step are always shown. */
  public void update(StepStats stats) {
    boolean first = last == null;
    last = stats;
    pending = true;
    images += stats.images();
    tokens += stats.tokens();
    if (Double.isFinite(stats.loss())) {
      smoothed = SMOOTHING * smoothed + (1 - SMOOTHING) * stats.loss();
      weight = SMOOTHING * weight + 1 - SMOOTHING;
    }
    long now = nanoTime.getAsLong();
    if (first || stats.step() >= totalSteps || now - lastPrinted >= intervalNanos) {
      show(now);
    }
  }

  /** The loss, smoothed over about 20 steps and corrected for the start. NaN before the first finite loss. */
  public double smoothedLoss() {
    return weight == 0 ? Double.NaN : smoothed / weight;
  }

  /** Prints a message on its own line, above the progress line. */
  public void message(String text) {
    clear();
    out.println(text);
    out.flush();
  }

  /** Wipes the progress line off a terminal, for what others are about to print; the next step shows it again. */
  public void clear() {
    if (!terminal || width == 0) return;
    out.print("\r" + " ".repeat(width) + "\r");
    out.flush();
    width = 0;
  }

  /** Shows the last step if it was not shown, and ends the line. */
  @Override
  public void close() {
    if (pending) {
      show(nanoTime.getAsLong());
    }
    if (terminal && width > 0) {
      out.println();
      width = 0;
    }
    out.flush();
  }

  private void show(long now) {
    String line = line(now);
    if (terminal) {
      out.print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
      width = line.length();
    } else {
      out.println(line);
    }
    out.flush();
    pending = false;
    images = 0;
    tokens = 0;
    lastPrinted = now;
  }

  private String line(long now) {
    double window = (now - lastPrinted) / 1e9;
    double elapsed = (now - startedAt) / 1e9;
    long done = last.step() - firstStep;
    // Where the loss just broke, its smoothed value would hide it.
    double loss = Double.isFinite(last.loss()) ? smoothedLoss() : last.loss();
    StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%s %d/%d  loss %s  lr %.2e  grad %s", stage, last.step(), totalSteps,
        fixed(loss), last.lr(), fixed(last.gradNorm())));
    if (window > 0) {
      line.append(images > 0 ? "  " + Format.si(images / window) + " img/s" : "");
      line.append(tokens > 0 ? "  " + Format.si(tokens / window) + " tok/s" : "");
    }
    if (done > 0 && elapsed > 0) {
      line.append("  eta ").append(Format.duration(elapsed / done * Math.max(0, totalSteps - last.step())));
    }
    line.append("  mem ").append(Format.bytes(ProcessMemory.residentBytes()));
    if (last.skipped() > 0) {
      line.append("  skipped ").append(last.skipped());
    }
    return line.toString();
  }

  /** Four decimals, always: a number whose width changes from line to line is hard to follow. */
  private static String fixed(double value) {
    return Math.abs(value) < 1e4 ? String.format(Locale.ROOT, "%.4f", value) : Format.number(value);
  }
}
