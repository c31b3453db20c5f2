package io.llama3v.train.stage;

import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.backend.Backend;
import io.llama3v.config.ConfigLoader;
import io.llama3v.data.pipeline.DataLoader;
import io.llama3v.data.sample.Sample;
import io.llama3v.nn.Module;
import io.llama3v.text.Tokenizer;
import io.llama3v.train.checkpoint.RunLock;
import io.llama3v.train.loop.BatchSource;
import io.llama3v.train.loop.StepHook;
import io.llama3v.train.loop.Task;
import io.llama3v.train.loop.TrainingLoop;
import io.llama3v.train.loop.TrainingResult;
import io.llama3v.train.optim.AdamW;
import io.llama3v.train.optim.Averaging;
import io.llama3v.train.optim.Schedule;
import io.llama3v.train.report.HtmlReport;
import io.llama3v.train.report.RunFiles;
import io.llama3v.vision.clip.ClipModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Runs stages from Java: those of a configuration, or one on a model and data of one's own.
 *
 * <pre>{@code
 * StageRunner.of(Path.of("configs/tiny.yaml"), "run=runs/mine").run();
 *
 * StageRunner.adapterPretrain(model, DataLoader.open(Path.of("shards/{00000..00099}.tar")).batchSize(32))
 *     .learningRate(Schedule.warmupCosine(1e-3, 2_000, 100_000)).weightDecay(0.01)
 *     .every(500, Evaluation.retrieval(heldOut)).run(Path.of("runs/adapter"));
 * }</pre>
 *
 * A stage trains the model in place; save it afterwards. Its folder of the run holds checkpoints, beside {@code metrics.jsonl} and
 * {@code report.html} of the run: run it again with the same settings and it goes on where it stopped, bit for bit; with other
 * settings it is refused, field by field.
 *
 * @param <B> a micro-batch
 */
public final class StageRunner<B> {
  /** What a stage trains on, open for one run. */
  record Feed<B>(Task<B> task, BatchSource<B> batches, AutoCloseable data) {}

  /** Opens what a stage trains on. */
  @FunctionalInterface
  interface Source<B> {
    Feed<B> open(StageRunner<B> settings, ModelTokenizer tokenizer) throws IOException;
  }

  /** Sets an optimiser up before its first step. */
  @FunctionalInterface
  interface OptimizerStart {
    void prepare(AdamW optimizer) throws IOException;
  }

  /** Something done every so many steps. */
  record Periodic(long every, StepHook hook) {}

  record PeriodicEvaluation(long every, Evaluation evaluation) {}

  final String stage;
  final Module model;
  final Source<B> source;
  final Map<String, String> facts = new LinkedHashMap<>();
  final List<PartConfig> parts = new ArrayList<>();
  final Set<RecomputePart> recompute = EnumSet.noneOf(RecomputePart.class);
  final List<Periodic> hooks = new ArrayList<>();
  final List<PeriodicEvaluation> evaluations = new ArrayList<>();
  final List<StageListener> listeners = new ArrayList<>();
  final List<Consumer<TrainingLoop.Builder<B>>> more = new ArrayList<>();
  ModelTokenizer tokenizer;
  Schedule schedule;
  long steps;
  int accumulate = 1;
  double weightDecay = 0.01;
  double beta1 = 0.9;
  double beta2 = 0.95;
  double epsilon = 1e-8;
  double clip = 1;
  int maxTokens = 2048;
  Schedule maxTokensByStep;
  Averaging averaging;
  LoraConfig lora;
  long first;
  long firstPosition;
  OptimizerStart start = optimizer -> { };
  int packing;
  int logEvery = 10;
  long checkpointEvery = Long.MAX_VALUE;
  long seed = 1;
  private RunSession session = RunSession.strict();

  StageRunner(String stage, Module model, ModelTokenizer tokenizer, Source<B> source) {
    this.stage = stage;
    this.model = model;
    this.tokenizer = tokenizer;
    this.source = source;
  }

  /** All stages of a configuration, or some of them. */
  public static Pipeline of(PipelineConfig config) {
    return Pipeline.of(config);
  }

  /**
   * All stages of a configuration file, or some of them.
   *
   * @param overrides {@code a.b=c}
   */
  public static Pipeline of(Path yaml, String... overrides) {
    return Pipeline.of(ConfigLoader.load(yaml, PipelineConfig.class, List.of(overrides)));
  }

  /**
   * CLIP pre-training on pictures and captions: AdamW with betas 0.9 and 0.98, ε 1e-6 and decay 0.2 unless changed, and a
   * temperature clamped to logits of at most 100.
   *
   * @param data samples with a picture, and a {@code txt} member or {@code captions} in their {@code json}
   */
  public static StageRunner<?> clipPretrain(ClipModel model, DataLoader.Builder<Sample> data) {
    return ClipTraining.runner(model, data);
  }

  /**
   * Adapter pre-training: vision tower, projector and cross-attention layers train, the language model is frozen.
   *
   * @param data samples with a picture, and a {@code txt} member, or {@code captions} or {@code conversations} in their {@code json}
   */
  public static StageRunner<VlmBatch> adapterPretrain(VisionLanguageModel model, DataLoader.Builder<Sample> data) {
    return VlmTraining.runner("adapter", model, data, PictureSamples::any);
  }

  /** Resolution annealing: as {@link #adapterPretrain}, of a model {@linkplain VisionLanguageModel#withTileSize resized} before. */
  public static StageRunner<VlmBatch> annealing(VisionLanguageModel model, DataLoader.Builder<Sample> data) {
    return VlmTraining.runner("annealing", model, data, PictureSamples::any);
  }

  /**
   * Supervised fine-tuning in the chat format; only the assistant's turns count.
   *
   * @param data samples with a conversation in their {@code json}: {@code messages}, or {@code conversations}, a list of {@code question}
   *     and {@code answer} about the sample's picture
   */
  public static StageRunner<VlmBatch> sft(VisionLanguageModel model, DataLoader.Builder<Sample> data) {
    return VlmTraining.runner("sft", model, data, PictureSamples::talk);
  }

  /**
   * A stage of one's own.
   *
   * @param stage its name, that of its folder in the run
   * @param model its trainable parameters train
   * @param task the loss of a batch
   * @param batches where batches come from; stays the caller's
   */
  public static <B> StageRunner<B> custom(String stage, Module model, Task<B> task, BatchSource<B> batches) {
    return new StageRunner<>(stage, model, ModelTokenizer.none(), (settings, tokenizer) -> new Feed<>(task, batches, () -> { }));
  }

  /** The tokenizer, which stays the caller's; by default that of the folder which the (language) model was loaded from. */
  public StageRunner<B> tokenizer(Tokenizer value) {
    tokenizer = ModelTokenizer.of(value);
    return this;
  }

  /** The learning rate; unless {@link #steps} is called the stage is as long as the schedule. */
  public StageRunner<B> learningRate(Schedule value) {
    schedule = value;
    return this;
  }

  /** Optimiser steps. */
  public StageRunner<B> steps(long value) {
    steps = value;
    return this;
  }

  /** Batches of the loader that make an update; 1 unless changed. */
  public StageRunner<B> accumulate(int value) {
    accumulate = value;
    return this;
  }

  /** Decoupled weight decay, not on norms, biases, gates and {@code logit_scale}. */
  public StageRunner<B> weightDecay(double value) {
    weightDecay = value;
    return this;
  }

  /** AdamW's decay of the first and second moments. */
  public StageRunner<B> betas(double first, double second) {
    beta1 = first;
    beta2 = second;
    return this;
  }

  /** AdamW's ε. */
  public StageRunner<B> epsilon(double value) {
    epsilon = value;
    return this;
  }

  /** Largest gradient norm; 1 unless changed. */
  public StageRunner<B> clip(double value) {
    clip = value;
    return this;
  }

  /**
   * Another learning rate for a part of the model; the first part that matches a parameter decides.
   *
   * @param factor on the learning rate; 0 freezes the part
   * @param names patterns on full parameter names, where {@code *} stands for any characters
   */
  public StageRunner<B> part(double factor, String... names) {
    parts.add(new PartConfig(List.of(names), factor));
    return this;
  }

  /** Runs the blocks of these parts again in backward instead of keeping their activations: less memory, more time, the same bits. */
  public StageRunner<B> recompute(RecomputePart... chosen) {
    recompute.addAll(List.of(chosen));
    return this;
  }

  /** Longest text; what is longer is cut. 2048 unless changed. */
  public StageRunner<B> maxTokens(int value) {
    maxTokens = value;
    return this;
  }

  /** Longest text as a function of the step; its values are rounded down. */
  public StageRunner<B> maxTokens(Schedule value) {
    maxTokensByStep = value;
    return this;
  }

  /** Leaves an average of the weights that training passes through, instead of the last ones. */
  public StageRunner<B> average(Averaging value) {
    averaging = value;
    return this;
  }

  /**
   * Trains low-rank updates of linear layers and nothing else (but parts with a rate of their own that are told to train); the updates
   * are added to the weights at the end. See {@link io.llama3v.nn.Lora}.
   *
   * @param layers patterns on full names of linear layers, where {@code *} stands for any characters
   */
  public StageRunner<B> lora(int rank, double alpha, String... layers) {
    lora = new LoraConfig(List.of(layers), rank, alpha, true);
    return this;
  }

  /** Makes this the part of a longer training that begins at step {@code step}: schedules and data go on from there. */
  StageRunner<B> begin(long step, long position, OptimizerStart optimizer) {
    first = step;
    firstPosition = position;
    start = optimizer;
    return this;
  }

  /** Lets samples share rows of up to so many tokens, where the stage reads text; 0, the default: a row for each. */
  public StageRunner<B> packing(int tokens) {
    packing = tokens;
    return this;
  }

  /** Seed of the order of the data and of their variation. */
  public StageRunner<B> seed(long value) {
    seed = value;
    return this;
  }

  /** Everything that a stage's {@code training} section says; the data's batch size is the loader's. */
  public StageRunner<B> config(TrainingConfig t) {
    schedule = t.toSchedule();
    steps = t.steps();
    accumulate = t.batchSize() / t.microBatch();
    weightDecay = t.weightDecay();
    parts.addAll(t.parts());
    recompute.addAll(t.recompute());
    packing = t.packing();
    lora = t.lora();
    averaging = t.average() == null ? null : t.average().rule(0, t.steps());
    logEvery = t.logEvery();
    checkpointEvery = t.checkpointEvery() == null ? Long.MAX_VALUE : t.checkpointEvery();
    return betas(t.beta1(), t.beta2()).epsilon(t.epsilon()).clip(t.clip());
  }

  /** Scores the model after every n-th step; the scores go to {@code metrics.jsonl} and the report. */
  public StageRunner<B> every(long n, Evaluation evaluation) {
    evaluations.add(new PeriodicEvaluation(n, evaluation));
    return this;
  }

  /** Does something after every n-th step. */
  public StageRunner<B> hook(long n, StepHook hook) {
    hooks.add(new Periodic(n, hook));
    return this;
  }

  /** How this process takes up a run that it or another began; {@link RunSession#strict} unless changed. */
  public StageRunner<B> session(RunSession value) {
    session = value;
    return this;
  }

  /** Tells a listener what happens. */
  public StageRunner<B> listen(StageListener listener) {
    listeners.add(listener);
    return this;
  }

  /** Steps between lines of {@code metrics.jsonl}; 10 unless changed. */
  public StageRunner<B> logEvery(int n) {
    logEvery = n;
    return this;
  }

  /** Steps between checkpoints; there is always one at the end. */
  public StageRunner<B> checkpointEvery(long n) {
    checkpointEvery = n;
    return this;
  }

  /** Anything else that a loop can do, such as a moving average. */
  public StageRunner<B> loop(Consumer<TrainingLoop.Builder<B>> settings) {
    more.add(settings);
    return this;
  }

  /**
   * Trains up to the last step, from the newest checkpoint in {@code run} if there is one.
   *
   * @param run folder of the run, made where it is missing; one process at a time
   * @throws IllegalStateException if there is no learning rate or no number of steps
   * @throws io.llama3v.train.checkpoint.CheckpointException if the newest checkpoint is damaged or was made under other settings
   * @throws TrainingStoppedException if the session's signal asked to stop
   */
  public TrainingResult run(Path run) throws IOException {
    check();
    try (RunLock held = RunLock.acquire(run)) {
      Map<String, String> settings = settings();
      RunFiles.writeJson(run.resolve(RunFiles.PROVENANCE), Provenance.of(settings, backend()));
      StageListener listener = new Listeners(List.copyOf(listeners));
      listener.begins(stage);
      long start = System.nanoTime();
      TrainingResult result = Training.run(this, run, settings, session, listener);
      HtmlReport.write(run);
      listener.ends(stage, (System.nanoTime() - start) / 1e9);
      return result;
    }
  }

  /** As {@link #run(Path)}, as part of a pipeline, whose lock, listeners and report it uses: what a {@link Stage} of one's own calls. */
  public TrainingResult run(StageContext context) throws IOException {
    check();
    Map<String, String> settings = new TreeMap<>(Pipeline.settings(context.config(), stage));
    // What the stages of a configuration do is written there; a stage of one's own is set up in Java.
    if (!Stages.NAMES.contains(stage.split("/")[0])) settings.putAll(settings());
    List<StageListener> all = new ArrayList<>(List.of(context.listener()));
    all.addAll(listeners);
    return Training.run(this, context.config().run(), settings, context.session(), new Listeners(all));
  }

  Backend backend() {
    return model.parameters().values().iterator().next().backend();
  }

  private void check() {
    if (schedule == null) throw new IllegalStateException("stage '" + stage + "' has no learning rate: call learningRate(schedule)");
    if (steps == 0) {
      steps = schedule.length().orElseThrow(() -> new IllegalStateException("stage '" + stage
          + "' does not know how long it is, for its schedule has no end: call steps(n)"));
    }
  }

  /** What the result depends on. */
  private Map<String, String> settings() {
    Map<String, String> all = new LinkedHashMap<>(facts);
    all.put("steps", String.valueOf(steps));
    all.put("learning_rate", values(schedule));
    all.put("weight_decay", String.valueOf(weightDecay));
    all.put("betas", beta1 + ", " + beta2);
    all.put("epsilon", String.valueOf(epsilon));
    all.put("clip", String.valueOf(clip));
    all.put("max_tokens", String.valueOf(maxTokens));
    all.put("packing", String.valueOf(packing));
    if (maxTokensByStep != null) all.put("max_tokens", values(maxTokensByStep));
    if (averaging != null) all.put("average", averaging.toString());
    if (lora != null) all.put("lora", lora.toString());
    for (PartConfig part : parts) all.put("part " + String.join(", ", part.match()), part.toString());
    return all;
  }

  /** A schedule is a function: five of its values stand for it. */
  private String values(Schedule function) {
    StringBuilder values = new StringBuilder();
    for (int i = 0; i <= 4; i++) values.append(i == 0 ? "" : ", ").append(function.at((steps - 1) * i / 4));
    return values.toString();
  }
}
