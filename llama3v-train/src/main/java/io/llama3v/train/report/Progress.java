package io.llama3v.train.report;

import java.util.concurrent.atomic.AtomicLong;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * A bar for long work that is not training: building a corpus, evaluating. Without a terminal nothing is drawn but one line at the end.
 * {@link #step} may be called from several threads.
 */
public final class Progress implements AutoCloseable {
  private final String task;
  private final ProgressBar bar;
  private final AtomicLong done = new AtomicLong();
  private final long startedAt = System.nanoTime();

  private Progress(String task, ProgressBar bar) {
    this.task = task;
    this.bar = bar;
  }

  /**
   * Begins a bar on standard error.
   *
   * @param task  what is being done
   * @param total number of steps; -1 when it is not known
   */
  public static Progress of(String task, long total) {
    if (!Terminal.isThere()) {
      return new Progress(task, null);
    }
    return new Progress(task, new ProgressBarBuilder().setTaskName(task).setInitialMax(total).setUpdateIntervalMillis(200)
        .setStyle(ProgressBarStyle.ASCII).showSpeed().setConsumer(new ConsoleProgressBarConsumer(System.err)).build());
  }

  /** One step done. */
  public void step() {
    step(1);
  }

  /** Several steps done. */
  public void step(long count) {
    done.addAndGet(count);
    if (bar != null) {
      bar.stepBy(count);
    }
  }

  /** Steps done so far. */
  public long done() {
    return done.get();
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    } else {
      System.err.println(task + ": " + done + " in " + Format.duration((System.nanoTime() - startedAt) / 1e9));
    }
  }
}
