package io.llama3v.train.loop;

import io.llama3v.data.pipeline.LoaderState;
import io.llama3v.tensor.Tensor;
import io.llama3v.train.checkpoint.Checkpoint;
import io.llama3v.train.checkpoint.CheckpointStore;
import io.llama3v.train.checkpoint.CodeVersion;
import io.llama3v.train.checkpoint.ConfigChanges;
import io.llama3v.train.checkpoint.FrozenWeights;
import io.llama3v.train.checkpoint.RunState;
import io.llama3v.train.optim.AdamW;
import io.llama3v.train.optim.Ema;
import io.llama3v.train.optim.FiniteCheck;
import io.llama3v.train.optim.GradientClipping;
import io.llama3v.train.optim.GradientNorm;
import io.llama3v.train.report.MetricNames;
import io.llama3v.train.report.MetricsLog;
import io.llama3v.train.report.MetricsRecord;
import io.llama3v.train.report.StepStats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
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
 * <p>A window makes no update if its loss or gradient, or any weight, moment, average or learning rate, is not finite, or if nothing
 * can be learned from it: parameters, moments, average, schedule and step count stay as they are, its data are consumed, and it is
 * counted and logged with the keys of its samples. Several in a row stop the run with a checkpoint of the state before the first of
 * them, so that a resume tries them again. A loss or gradient norm that jumps ({@link SpikeDetector}) is logged in the same way;
 * the update is made.
 *
 * @param <B> a micro-batch
 */
public final class TrainingLoop<B> {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingLoop.class);
  /** Its square fits a 32-bit float with room to spare. */
  private static final double LARGEST_GRADIENT = 1e18;

  private final Builder<B> set;
  private final Counters now = new Counters();
  private volatile boolean stopRequested;
  private boolean ended;
  private long savedStep;
  private RunState beforeSkips;
  private FiniteCheck finite;
  private Map<String, String> identity;

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
    savedStep = resume();
    double loss = Double.NaN;
    set.stop.enter(this);
    try (Telemetry telemetry = new Telemetry(set.stage, set.metrics, set.showProgress, now, set.steps, set.batches.waitNanos());
        FiniteCheck check = new FiniteCheck(watched())) {
      finite = check;
      while (now.step < set.steps && !ended && !stopRequested) {
        Window window = window();
        if (window.problem != null) {
          skip(window, telemetry);
          continue;
        }
        loss = window.loss;
        report(window, telemetry);
        boolean asked = set.saveRequest != null && Files.exists(set.saveRequest);
        if (now.step % set.checkpointEvery == 0 || asked) save(telemetry);
        if (asked) Files.deleteIfExists(set.saveRequest);
      }
      save(telemetry);
      return new TrainingResult(now.step, ended || now.step >= set.steps, loss, now.images, now.tokens, now.skippedSteps, set.batches.skipped(),
          telemetry.seconds(), List.copyOf(now.changes));
    } finally {
      set.stop.leave(this);
      set.optimizer.clearGrads();
    }
  }

  private Map<String, Tensor> watched() {
    Map<String, Tensor> all = new LinkedHashMap<>(set.optimizer.parameters());
    all.putAll(set.optimizer.moments());
    if (set.ema != null) set.ema.averages().forEach((name, average) -> all.put("ema." + name, average));
    return all;
  }

  /** Asks {@link #run}, from any thread, to save a checkpoint after the present step and return. */
  public void stop() {
    stopRequested = true;
  }

  /** What a window came to: an update, or the problem that prevented one. {@code start} is where the data stood before it. */
  private record Window(LoaderState start, List<String> keys, double loss, GradientNorm gradient, double learningRate, long images,
      long tokens, String problem) {
    Window useless(double badLoss, String why) {
      return new Window(start, keys, badLoss, null, Double.NaN, 0, 0, why);
    }
  }

  /** Forward, backward and update of one window; on a problem nothing but the data position moves. */
  private Window window() throws IOException {
    List<B> window = new ArrayList<>(set.accumulate);
    List<String> keys = new ArrayList<>();
    Window empty = new Window(set.batches.state(), keys, Double.NaN, null, Double.NaN, 0, 0, null);
    double count = 0;
    long images = 0;
    long tokens = 0;
    for (int i = 0; i < set.accumulate; i++) {
      B batch = set.batches.next();
      window.add(batch);
      keys.addAll(set.batches.keys());
      count += set.task.count(batch);
      images += set.task.images(batch);
      tokens += set.task.tokens(batch);
    }
    if (!(count > 0)) return empty.useless(Double.NaN, "nothing to learn from: every token of the window is masked");
    set.optimizer.clearGrads();
    double loss = set.task.backward(set.optimizer.backend(), window, count);
    if (!Double.isFinite(loss)) return empty.useless(loss, "loss is " + loss);
    GradientNorm gradient = set.clipping.measure(set.optimizer.parameters().values());
    String problem = problem(gradient);
    if (problem != null) return empty.useless(loss, problem);
    double rate = set.optimizer.learningRate(now.step);
    set.optimizer.step(now.step, gradient.scale());
    set.optimizer.clearGrads();
    for (Runnable constraint : set.afterUpdate) constraint.run();
    if (set.ema != null) set.ema.update();
    now.step++;
    now.images += images;
    now.tokens += tokens;
    now.skippedInARow = 0;
    beforeSkips = null;
    now.lossSum += loss;
    now.lossCount++;
    return new Window(empty.start, keys, loss, gradient, rate, images, tokens, null);
  }

  /** Why an update with this gradient would do harm, or null. */
  private String problem(GradientNorm gradient) {
    if (gradient.tensors() == 0) return "no trainable parameter leads to the loss";
    if (!gradient.finite()) return "gradient norm is " + gradient.norm();
    if (gradient.norm() * gradient.scale() > LARGEST_GRADIENT) {
      return "gradient norm is " + gradient.norm() + ", whose square exceeds what a second moment can hold";
    }
    for (Map.Entry<String, Double> rate : set.optimizer.learningRates(now.step).entrySet()) {
      if (!Double.isFinite(rate.getValue())) return "learning rate of group '" + rate.getKey() + "' is " + rate.getValue();
    }
    return finite.firstBroken().map(name -> name + " holds a value that is not finite").orElse(null);
  }

  private void skip(Window window, Telemetry telemetry) throws IOException {
    set.optimizer.clearGrads();
    if (beforeSkips == null) beforeSkips = state(window.start, telemetry);
    now.skippedSteps++;
    now.skippedInARow++;
    telemetry.warn("no update after step " + now.step + ": " + window.problem + " (" + now.skippedInARow + " in a row, data position "
        + set.batches.position() + ")");
    // At the step that was tried, so that a resume, which tries it again, drops this line.
    telemetry.log(now.step + 1, Map.of(MetricNames.LOSS, window.loss, MetricNames.SKIPPED_STEPS, (double) now.skippedSteps), window.keys);
    if (now.skippedInARow >= set.maxSkippedInARow) {
      String kept = finite.firstBroken().isPresent() ? "" : keep(telemetry);
      throw new NonFiniteLossException(set.stage + ": " + now.skippedInARow + " windows in a row made no update after step " + now.step
          + "; the last because " + window.problem + ". Parameters are those of step " + now.step + kept
          + ". Lower the learning rate, lengthen the warm-up, clip harder, or look at the data before position " + set.batches.position());
    }
  }

  /** Saves the state before the first of several bad windows; parameters have not moved since. */
  private String keep(Telemetry telemetry) throws IOException {
    if (set.store == null) return "";
    if (savedStep != now.step) write(telemetry);
    return ", saved with the data position before the first of these windows";
  }

  private void report(Window window, Telemetry telemetry) throws IOException {
    telemetry.progress(new StepStats(now.step, window.loss, window.learningRate, window.gradient.norm(), window.images, window.tokens,
        set.batches.skipped()));
    if (now.step % set.metricsEvery == 0 || now.step == set.steps) {
      Map<String, Double> values = new LinkedHashMap<>();
      values.put(MetricNames.LOSS, now.lossSum / now.lossCount);
      values.put(MetricNames.LEARNING_RATE, window.learningRate);
      Map<String, Double> rates = set.optimizer.learningRates(now.step - 1);
      if (rates.size() > 1) rates.forEach((group, rate) -> values.put(MetricNames.LEARNING_RATE + "/" + group, rate));
      values.put(MetricNames.GRAD_NORM, window.gradient.norm());
      values.put(MetricNames.SKIPPED, (double) set.batches.skipped());
      values.put(MetricNames.SKIPPED_STEPS, (double) now.skippedSteps);
      telemetry.line(now, values, set.batches.waitNanos());
      now.lossSum = 0;
      now.lossCount = 0;
    }
    spikes(window, telemetry);
    StepContext context = new StepContext(now.step, window.loss, window.learningRate, window.gradient.norm(), telemetry, () -> ended = true);
    for (Periodic hook : set.hooks) if (now.step % hook.every == 0) hook.hook.run(context);
  }

  private void spikes(Window window, Telemetry telemetry) throws IOException {
    double loss = now.loss.take(window.loss);
    double norm = now.gradientNorm.take(window.gradient.norm());
    if (loss == 0 && norm == 0) return;
    Map<String, Double> values = new LinkedHashMap<>();
    List<String> jumps = new ArrayList<>();
    if (loss > 0) {
      values.put(MetricNames.SPIKE + MetricNames.LOSS, loss);
      jumps.add(String.format(Locale.ROOT, "loss %.4g, %.0f deviations up", window.loss, loss));
    }
    if (norm > 0) {
      values.put(MetricNames.SPIKE + MetricNames.GRAD_NORM, norm);
      jumps.add(String.format(Locale.ROOT, "gradient norm %.4g, %.0f deviations up", window.gradient.norm(), norm));
    }
    telemetry.warn("step " + now.step + ": " + String.join("; ", jumps) + "; samples "
        + window.keys.subList(0, Math.min(8, window.keys.size())));
    telemetry.log(now.step, values, window.keys);
  }

  /** Restores the newest checkpoint; returns its step, or -1. */
  private long resume() throws IOException {
    if (set.store == null) return -1;
    Optional<Checkpoint> found = set.store.latest(set.damage);
    if (found.isEmpty()) {
      beginsAnew();
      return -1;
    }
    Checkpoint checkpoint = found.get();
    List<String> changes = ConfigChanges.refuse(checkpoint, identity(), set.allowedChanges);
    checkpoint.restore(set.optimizer, set.ema);
    now.restore(checkpoint.state());
    ended = checkpoint.state().ended();
    set.batches.restore(checkpoint.state().loader());
    for (String change : changes) {
      LOG.warn("{}: goes on although {}", set.stage, change);
      now.changes.add("after step " + now.step + ": " + change);
    }
    LOG.info("{}: goes on from {}, step {} of {}", set.stage, checkpoint.folder(), now.step, set.steps);
    return now.step;
  }

  /** Says that the run begins at step 0, loudly where it has been further. */
  private void beginsAnew() throws IOException {
    LOG.info("{}: no checkpoint in {}, begins at step 0", set.stage, set.store.folder());
    if (set.metrics == null || !Files.exists(set.metrics)) return;
    long last = MetricsLog.read(set.metrics).stream().filter(line -> line.stage().equals(set.stage)).mapToLong(MetricsRecord::step).max().orElse(0);
    if (last > 0) {
      LOG.warn("{}: it had come to step {}, and left no checkpoint: all of it is done again, and the lines in {} are dropped", set.stage, last,
          set.metrics);
    }
  }

  private void save(Telemetry telemetry) throws IOException {
    if (set.store == null || savedStep == now.step) return;
    Optional<String> broken = finite.firstBroken();
    if (broken.isPresent()) {
      throw new NonFiniteLossException(set.stage + ": after step " + now.step + ", " + broken.get() + " holds a value that is not finite; "
          + "such a state is not saved" + (savedStep < 0 ? "" : ", and the last checkpoint is of step " + savedStep)
          + ". What changes parameters beside the optimiser, a constraint or a hook, is to blame");
    }
    write(telemetry);
  }

  /**
   * Writes a checkpoint. Windows that were skipped since the last update are not part of it: a resume tries them again, since it drops
   * their lines of the log, which belong to the step to come.
   */
  private void write(Telemetry telemetry) throws IOException {
    telemetry.force();
    set.store.save(beforeSkips != null ? beforeSkips : state(set.batches.state(), telemetry), set.optimizer, set.ema);
    savedStep = now.step;
  }

  private RunState state(LoaderState loader, Telemetry telemetry) throws IOException {
    return new RunState(set.stage, now.step, now.images, now.tokens, now.skippedSteps, now.skippedInARow, loader, set.seed,
        telemetry.seconds(), now.lossSum, now.lossCount, set.ema == null ? 0 : set.ema.updates(), ended, now.recent(), now.changes,
        identity(), set.frozen);
  }

  /** What a resume must find unchanged. Read once: the data do not change under a run. */
  private Map<String, String> identity() throws IOException {
    if (identity == null) {
      identity = new LinkedHashMap<>(set.config);
      identity.put("stage", set.stage);
      identity.put("seed", String.valueOf(set.seed));
      identity.put("accumulate", String.valueOf(set.accumulate));
      identity.put("frozen_weights", set.frozen == null ? "not recorded" : set.frozen.sha256());
      identity.put("data", set.batches.fingerprint());
      identity.put("code", CodeVersion.present());
    }
    return identity;
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
    private Path saveRequest;
    private StopSignal stop = new StopSignal();

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

    /**
     * Settings that may differ from the checkpoint's, each a key of {@link #config} or one of {@code stage}, {@code seed},
     * {@code accumulate}, {@code frozen_weights}, {@code data} and {@code code}. What did differ is recorded in every later checkpoint.
     */
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

    /** A file whose appearance asks for a checkpoint after the present step; it is deleted once that is written. */
    public Builder<B> saveRequest(Path file) {
      saveRequest = file;
      return this;
    }

    /** Something that may ask this loop to save and leave; see {@link TrainingLoop#stop}. */
    public Builder<B> stopOn(StopSignal signal) {
      stop = signal;
      return this;
    }

    /** Makes the loop. */
    public TrainingLoop<B> build() {
      return new TrainingLoop<>(this);
    }

    private static long positive(String name, long value) {
      if (value < 1) throw new IllegalArgumentException(name + " is " + value + ": give a positive number");
      return value;
    }
  }
}
