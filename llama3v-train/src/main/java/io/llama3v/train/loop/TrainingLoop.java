package io.llama3v.train.loop;

import io.llama3v.train.checkpoint.Checkpoint;
import io.llama3v.train.checkpoint.CheckpointStore;
import io.llama3v.train.checkpoint.ConfigChanges;
import io.llama3v.train.checkpoint.FrozenWeights;
import io.llama3v.train.checkpoint.RunState;
import io.llama3v.train.optim.AdamW;
import io.llama3v.train.optim.Ema;
import io.llama3v.train.optim.GradientClipping;
import io.llama3v.train.optim.GradientNorm;
import io.llama3v.train.report.MetricNames;
import io.llama3v.train.report.StepStats;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains: takes a window of micro-batches, adds up their gradients, clips, updates, and keeps metrics and checkpoints.
 *
 * <pre>{@code
 * TrainingResult result = TrainingLoop.of("clip", optimizer, task, batches)
 *     .steps(5_000).accumulate(4).clip(1.0)
 *     .afterUpdate(() -> Constraints.clampLogitScale(model.logitScale()))
 *     .metrics(run.resolve("metrics.jsonl"), 10).showProgress()
 *     .every(500, step -> step.log(Map.of("eval/retrieval R@1", retrieval(model))))
 *     .checkpoints(new CheckpointStore(run.resolve("clip"), 2), 500)
 *     .seed(7).config(settings)
 *     .build().run();
 * }</pre>
 *
 * <p>Order within a step: gradients of every micro-batch ({@link Task#backward}), divided by the count of the whole window;
 * norm; AdamW; {@code afterUpdate}; moving average; metrics; hooks; checkpoint. With checkpoints, {@link #run} goes on from the
 * newest one, and the numbers are bit for bit those of a run that was never interrupted.
 *
 * <p>A window whose loss or gradient is not finite, or from which nothing can be learned, makes no update: parameters, moments,
 * average and step count stay as they are, its data are consumed, and it is counted. Several in a row stop the run.
 *
 * @param <B> a micro-batch
 */
public final class TrainingLoop<B> {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingLoop.class);

  private final Builder<B> set;
  private final Counters now = new Counters();
  private volatile boolean stopRequested;

  private TrainingLoop(Builder<B> settings) {
    this.set = settings;
  }

  /** Settings of a loop that calls itself {@code stage} and trains what the optimiser holds. */
  public static <B> Builder<B> of(String stage, AdamW optimizer, Task<B> task, BatchSource<B> batches) {
    return new Builder<>(stage, optimizer, task, batches);
  }

  /**
   * Trains up to the last step, from the newest checkpoint if there is one.
   *
   * @throws NonFiniteLossException if too many windows in a row made no update
   * @throws io.llama3v.train.checkpoint.CheckpointException if the newest checkpoint is damaged or was made under other settings
   */
  public TrainingResult run() throws IOException {
    long savedStep = resume();
    double loss = Double.NaN;
    try (Telemetry telemetry = new Telemetry(set.stage, set.metrics, set.showProgress, now, set.steps, set.batches.waitNanos())) {
      while (now.step < set.steps && !stopRequested) {
        Window window = window();
        if (window.problem != null) {
          skip(window, telemetry);
          continue;
        }
        loss = window.loss;
        report(window, telemetry);
        if (set.store != null && now.step % set.checkpointEvery == 0) savedStep = save(telemetry);
      }
      if (set.store != null && savedStep != now.step) save(telemetry);
      return new TrainingResult(now.step, now.step >= set.steps, loss, now.images, now.tokens, now.skippedSteps, skippedSamples(),
          telemetry.seconds());
    } finally {
      set.optimizer.clearGrads();
    }
  }

  /** Asks {@link #run}, from any thread, to save a checkpoint after the present step and return. */
  public void stop() {
    stopRequested = true;
  }

  private record Window(double loss, GradientNorm gradient, double learningRate, long images, long tokens, String problem) {
    static Window useless(double loss, String problem) {
      return new Window(loss, null, Double.NaN, 0, 0, problem);
    }
  }

  /** Forward, backward and update of one window; on a problem nothing but the data position moves. */
  private Window window() throws IOException {
    List<B> window = new ArrayList<>(set.accumulate);
    double count = 0;
    long images = 0;
    long tokens = 0;
    for (int i = 0; i < set.accumulate; i++) {
      B batch = set.batches.next();
      window.add(batch);
      count += set.task.count(batch);
      images += set.task.images(batch);
      tokens += set.task.tokens(batch);
    }
    if (!(count > 0)) return Window.useless(Double.NaN, "nothing to learn from: every token of the window is masked");
    set.optimizer.clearGrads();
    double loss = set.task.backward(set.optimizer.backend(), window, count);
    if (!Double.isFinite(loss)) return Window.useless(loss, "loss is " + loss);
    GradientNorm gradient = set.clipping.measure(set.optimizer.parameters().values());
    if (gradient.tensors() == 0) return Window.useless(loss, "no trainable parameter leads to the loss");
    if (!gradient.finite()) return Window.useless(loss, "gradient norm is " + gradient.norm());
    double rate = set.optimizer.learningRate(now.step);
    set.optimizer.step(now.step, gradient.scale());
    set.optimizer.clearGrads();
    for (Runnable constraint : set.afterUpdate) constraint.run();
    if (set.ema != null) set.ema.update();
    now.step++;
    now.images += images;
    now.tokens += tokens;
    now.skippedInARow = 0;
    now.lossSum += loss;
    now.lossCount++;
    return new Window(loss, gradient, rate, images, tokens, null);
  }

  private void skip(Window window, Telemetry telemetry) throws IOException {
    set.optimizer.clearGrads();
    now.skippedSteps++;
    now.skippedInARow++;
    telemetry.warn("no update after step " + now.step + ": " + window.problem + " (" + now.skippedInARow + " in a row, data position "
        + set.batches.position() + ")");
    // At the step that was tried, so that a resume, which tries it again, drops this line.
    telemetry.log(now.step + 1, Map.of(MetricNames.LOSS, window.loss, "skipped_steps", (double) now.skippedSteps));
    if (now.skippedInARow >= set.maxSkippedInARow) {
      throw new NonFiniteLossException(set.stage + ": " + now.skippedInARow + " windows in a row made no update after step " + now.step
          + "; the last because " + window.problem + ". Parameters are those of step " + now.step
          + ". Lower the learning rate, lengthen the warm-up, clip harder, or look at the data before position " + set.batches.position());
    }
  }

  private void report(Window window, Telemetry telemetry) throws IOException {
    telemetry.progress(new StepStats(now.step, window.loss, window.learningRate, window.gradient.norm(), window.images, window.tokens,
        skippedSamples()));
    if (now.step % set.metricsEvery == 0 || now.step == set.steps) {
      Map<String, Double> values = new LinkedHashMap<>();
      values.put(MetricNames.LOSS, now.lossSum / now.lossCount);
      values.put(MetricNames.LEARNING_RATE, window.learningRate);
      Map<String, Double> rates = set.optimizer.learningRates(now.step - 1);
      if (rates.size() > 1) rates.forEach((group, rate) -> values.put(MetricNames.LEARNING_RATE + "/" + group, rate));
      values.put(MetricNames.GRAD_NORM, window.gradient.norm());
      values.put(MetricNames.SKIPPED, (double) skippedSamples());
      values.put("skipped_steps", (double) now.skippedSteps);
      telemetry.line(now, values, set.batches.waitNanos());
      now.lossSum = 0;
      now.lossCount = 0;
    }
    StepContext context = new StepContext(now.step, window.loss, window.learningRate, window.gradient.norm(), telemetry);
    for (Periodic hook : set.hooks) if (now.step % hook.every == 0) hook.hook.run(context);
  }

  private long skippedSamples() {
    return now.skippedSamplesBefore + set.batches.skipped();
  }

  /** Restores the newest checkpoint; returns its step, or -1. */
  private long resume() throws IOException {
    if (set.store == null) return -1;
    Optional<Checkpoint> found = set.store.latest(set.damage);
    if (found.isEmpty()) return -1;
    Checkpoint checkpoint = found.get();
    ConfigChanges.refuse(checkpoint, set.identity(), set.allowedChanges);
    checkpoint.restore(set.optimizer, set.ema);
    now.restore(checkpoint.state());
    set.batches.seek(checkpoint.state().loaderPosition());
    LOG.info("{}: goes on from {}, step {} of {}", set.stage, checkpoint.folder(), now.step, set.steps);
    return now.step;
  }

  private long save(Telemetry telemetry) throws IOException {
    set.store.save(new RunState(set.stage, now.step, now.images, now.tokens, now.skippedSteps, now.skippedInARow, skippedSamples(),
        set.batches.position(), set.seed, telemetry.seconds(), now.lossSum, now.lossCount, set.ema == null ? 0 : set.ema.updates(),
        set.identity(), set.frozen), set.optimizer, set.ema);
    return now.step;
  }

  private record Periodic(long every, StepHook hook) {}

  /** Settings of a {@link TrainingLoop}. */
  public static final class Builder<B> {
    private final String stage;
    private final AdamW optimizer;
    private final Task<B> task;
    private final BatchSource<B> batches;
    private final List<Runnable> afterUpdate = new ArrayList<>();
    private final List<Periodic> hooks = new ArrayList<>();
    private final Map<String, String> config = new LinkedHashMap<>();
    private long steps = 1;
    private int accumulate = 1;
    private GradientClipping clipping = GradientClipping.NONE;
    private Ema ema;
    private Path metrics;
    private int metricsEvery = 10;
    private boolean showProgress;
    private CheckpointStore store;
    private CheckpointStore.Damage damage = CheckpointStore.Damage.REFUSE;
    private long checkpointEvery = Long.MAX_VALUE;
    private FrozenWeights frozen;
    private Set<String> allowedChanges = Set.of();
    private long seed;
    private int maxSkippedInARow = 5;

    private Builder(String stage, AdamW optimizer, Task<B> task, BatchSource<B> batches) {
      this.stage = stage;
      this.optimizer = optimizer;
      this.task = task;
      this.batches = batches;
    }

    /** Updates to make in all, those before a resume included. */
    public Builder<B> steps(long value) {
      steps = positive("steps", value);
      return this;
    }

    /** Micro-batches that make an update; 1 unless told otherwise. */
    public Builder<B> accumulate(int value) {
      accumulate = (int) positive("accumulate", value);
      return this;
    }

    /** Largest norm of the gradient over all that trains; no clipping unless told otherwise. */
    public Builder<B> clip(double maxNorm) {
      clipping = new GradientClipping(maxNorm);
      return this;
    }

    /** Something that belongs to every update, such as a clamp: {@link io.llama3v.train.optim.Constraints}. */
    public Builder<B> afterUpdate(Runnable constraint) {
      afterUpdate.add(constraint);
      return this;
    }

    /** A moving average to keep; it is saved and restored too. */
    public Builder<B> ema(Ema value) {
      ema = value;
      return this;
    }

    /** Appends to a {@code metrics.jsonl}, a line every so many steps; its loss is the mean since the line before. */
    public Builder<B> metrics(Path file, int every) {
      metrics = file;
      metricsEvery = (int) positive("metrics every", every);
      return this;
    }

    /** Shows the progress line on standard error. */
    public Builder<B> showProgress() {
      showProgress = true;
      return this;
    }

    /** Calls a hook after every n-th step. */
    public Builder<B> every(long n, StepHook hook) {
      hooks.add(new Periodic(positive("every", n), hook));
      return this;
    }

    /** Saves every n-th step and at the end, and resumes from what is there. */
    public Builder<B> checkpoints(CheckpointStore value, long every) {
      store = value;
      checkpointEvery = positive("checkpoint every", every);
      return this;
    }

    /** What to do when the newest checkpoint is damaged; fail unless told otherwise. */
    public Builder<B> onDamage(CheckpointStore.Damage value) {
      damage = value;
      return this;
    }

    /** The weights that this stage leaves alone: recorded, and a resume with other ones is refused. */
    public Builder<B> frozen(FrozenWeights value) {
      frozen = value;
      return this;
    }

    /** Settings under which alone a checkpoint may be resumed, flat. */
    public Builder<B> config(Map<String, String> settings) {
      config.putAll(settings);
      return this;
    }

    /** Settings that may differ from the checkpoint's. */
    public Builder<B> allowChanges(Set<String> keys) {
      allowedChanges = Set.copyOf(keys);
      return this;
    }

    /** Seed of the run: recorded, and a resume with another is refused. */
    public Builder<B> seed(long value) {
      seed = value;
      return this;
    }

    /** Windows in a row without an update that stop the run; 5 unless told otherwise. */
    public Builder<B> maxSkippedInARow(int value) {
      maxSkippedInARow = (int) positive("maxSkippedInARow", value);
      return this;
    }

    /** Makes the loop. */
    public TrainingLoop<B> build() {
      return new TrainingLoop<>(this);
    }

    private Map<String, String> identity() {
      Map<String, String> all = new LinkedHashMap<>(config);
      all.put("stage", stage);
      all.put("seed", String.valueOf(seed));
      all.put("accumulate", String.valueOf(accumulate));
      all.put("frozen weights", frozen == null ? "not recorded" : frozen.sha256());
      return all;
    }

    private static long positive(String name, long value) {
      if (value < 1) throw new IllegalArgumentException(name + " is " + value + ": give a positive number");
      return value;
    }
  }
}
