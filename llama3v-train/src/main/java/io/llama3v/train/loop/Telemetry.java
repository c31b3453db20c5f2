package io.llama3v.train.loop;

import io.llama3v.train.report.MetricNames;
import io.llama3v.train.report.MetricsLog;
import io.llama3v.train.report.MetricsRecord;
import io.llama3v.train.report.ProcessMemory;
import io.llama3v.train.report.ProgressLine;
import io.llama3v.train.report.RunFiles;
import io.llama3v.train.report.StepStats;
import io.llama3v.train.report.TensorBoardWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a run shows of itself: lines of metrics.jsonl with TensorBoard events beside it, and the progress line; either may be absent. */
final class Telemetry implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingLoop.class);
  private static final int KEY_CHARACTERS = 100_000;
  private final String stage;
  private final MetricsLog log;
  private final TensorBoardWriter tensorBoard;
  private final ProgressLine progress;
  private final double secondsBefore;
  private final long startedAt = System.nanoTime();
  private long lineAt = startedAt;
  private long images;
  private long tokens;
  private long waitNanos;

  Telemetry(String stage, Path metrics, boolean showProgress, Counters start, long totalSteps, long waitNanos) throws IOException {
    this.stage = stage;
    this.log = metrics == null ? null : MetricsLog.resume(metrics, stage, start.step);
    this.tensorBoard = metrics == null ? null
        : TensorBoardWriter.resume(metrics.resolveSibling(RunFiles.TENSORBOARD).resolve(stage), start.step);
    this.progress = showProgress ? ProgressLine.begin(stage, start.step, totalSteps) : null;
    this.secondsBefore = start.seconds;
    this.images = start.images;
    this.tokens = start.tokens;
    this.waitNanos = waitNanos;
  }

  /** Wall time over all sessions. */
  double seconds() {
    return secondsBefore + (System.nanoTime() - startedAt) / 1e9;
  }

  void progress(StepStats stats) {
    if (progress != null) progress.update(stats);
  }

  /** The regular line: values that the loop knows, and rates since the line before. */
  void line(Counters now, Map<String, Double> values, long loaderWaitNanos) throws IOException {
    long time = System.nanoTime();
    double window = Math.max(1e-9, (time - lineAt) / 1e9);
    Map<String, Double> all = new LinkedHashMap<>(values);
    if (now.images > 0) all.put(MetricNames.IMAGES_PER_SECOND, (now.images - images) / window);
    if (now.tokens > 0) all.put(MetricNames.TOKENS_PER_SECOND, (now.tokens - tokens) / window);
    all.put("wait_fraction", (loaderWaitNanos - waitNanos) / 1e9 / window);
    all.put(MetricNames.MEMORY, (double) ProcessMemory.residentBytes());
    lineAt = time;
    images = now.images;
    tokens = now.tokens;
    waitNanos = loaderWaitNanos;
    log(now.step, all);
  }

  void log(long step, Map<String, Double> values) throws IOException {
    log(step, values, List.of());
  }

  /** A line about certain samples. */
  void log(long step, Map<String, Double> values, List<String> samples) throws IOException {
    if (log == null) return;
    log.log(new MetricsRecord(stage, step, seconds(), values, shortened(samples)));
    tensorBoard.scalars(step, values);
  }

  /** A line of the log has a greatest length; a window of tens of thousands of samples does not fit. */
  private static List<String> shortened(List<String> keys) {
    int characters = 0;
    for (int i = 0; i < keys.size(); i++) {
      characters += keys.get(i).length();
      if (characters <= KEY_CHARACTERS) continue;
      List<String> some = new ArrayList<>(keys.subList(0, i));
      some.add("and " + (keys.size() - i) + " more");
      return some;
    }
    return keys;
  }

  /** Forces to disk what was logged: before a checkpoint says that it has happened. */
  void force() throws IOException {
    if (log != null) log.force();
  }

  void message(String text) {
    if (progress != null) progress.message(text);
    else LOG.info("{}: {}", stage, text);
  }

  void warn(String text) {
    if (progress != null) progress.clear();
    LOG.warn("{}: {}", stage, text);
  }

  @Override
  public void close() throws IOException {
    if (progress != null) progress.close();
    if (log == null) return;
    log.close();
    tensorBoard.close();
  }
}
