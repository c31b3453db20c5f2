package io.llama3v.train.stage;

import io.llama3v.adapter.MllamaConfig;
import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.llama.LlamaConfig;
import io.llama3v.llama.LlamaModel;
import io.llama3v.llama.TextBatch;
import io.llama3v.train.loop.Task;
import io.llama3v.train.optim.Averaging;
import io.llama3v.train.preference.DpoTask;
import io.llama3v.train.preference.PreferenceBatch;
import io.llama3v.train.preference.RewardModel;
import io.llama3v.train.preference.RewardTask;
import io.llama3v.vision.clip.ClipConfig;
import io.llama3v.vision.clip.ClipModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The training stages of a configuration, without data and without weights, so that models of any size can be planned anywhere. A
 * model that a stage would load is described by the config.json of its folder where that is there, else by the section that names it.
 */
public final class PlannedStages {
  private final PipelineConfig config;
  private final List<PlannedStage<?>> stages = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  /** The vision-language model as the last planned stage leaves it. */
  private MllamaConfig model;

  private PlannedStages(PipelineConfig config) {
    this.config = config;
  }

  /**
   * Plans the stages that a configuration lists.
   *
   * @throws IllegalArgumentException if a stage lacks its section, or begins with a model of which nothing is known
   */
  public static PlannedStages of(PipelineConfig config) throws IOException {
    config.requireSections();
    PlannedStages planned = new PlannedStages(config);
    for (String stage : config.stages()) planned.add(stage);
    return planned;
  }

  /** Those that train, in order. */
  public List<PlannedStage<?>> stages() {
    return Collections.unmodifiableList(stages);
  }

  /** What a reader of the plan should know: where shapes come from, and what is left out. */
  public List<String> notes() {
    return Collections.unmodifiableList(notes);
  }

  private void add(String stage) throws IOException {
    switch (stage) {
      case "corpus", "preferences" -> { }
      case "evaluation" -> note("stage 'evaluation' trains nothing and is not in the plan; it holds one model");
      case "language-model" -> languageModel();
      case "clip" -> clip();
      case "adapter" -> vlm(VlmPlan.adapter(config), null, 1);
      case "annealing" -> vlm(VlmPlan.annealing(config), config.annealing().from(), 1);
      case "sft" -> vlm(VlmPlan.sft(config, "sft", config.sft().training(), 1, config.seed()), config.sft().from(),
          config.sft().trials(config.seed()).size());
      case "reward" -> reward(config.reward());
      case "rejection" -> rejection(config.rejection());
      case "dpo" -> dpo(config.dpo());
      case "quality" -> vlm(new VlmPlan("quality", config.quality().training(), 0, tokens("quality", config.quality().maxTokens()), Map.of(),
          SchedulesConfig.NONE, 1, config.seed()), config.quality().from(), 1);
      default -> throw new IllegalStateException("stage '" + stage + "' has no plan");
    }
  }

  // ---- stages ----

  private void languageModel() throws IOException {
    LanguageModelSection s = config.languageModel();
    if (s.load() != null) {
      note("stage 'language-model' trains nothing: the model comes from " + s.load());
      return;
    }
    LlamaModel llama = new LlamaModel(ModelShapes.languageModel(config).orElseThrow());
    Task<TextBatch> task = Task.of((batch, normalizer) -> llama.loss(batch, normalizer), TextBatch::counted);
    stages.add(new PlannedStage<>("language-model", s.training(), llama, state -> task,
        PlannedBatches.text(s.training().microBatch(), s.maxTokens(), s.training().packing())));
  }

  private void clip() throws IOException {
    ClipSection s = config.clip();
    if (s.load() != null) {
      note("stage 'clip' trains nothing: the model comes from " + s.load());
      return;
    }
    ClipConfig shape = ModelShapes.clip(config).orElseThrow(() -> unknown("clip", null, "write a 'language_model' section: its vocabulary is CLIP's"));
    ClipModel clip = new ClipModel(shape);
    int size = s.training().microBatch();
    int side = shape.vision().imageSize();
    ClipTraining.Batch batch = new ClipTraining.Batch(size, new float[Math.multiplyExact(size, 3 * side * side)],
        new int[size * shape.text().maxPositions()]);
    stages.add(new PlannedStage<>("clip", s.training(), clip, state -> ClipTraining.task(clip), batch).inseparable());
  }

  private void vlm(VlmPlan plan, Path from, int repeats) throws IOException {
    TrainingConfig t = plan.training();
    List<VlmPlan.Phase> phases = plan.phases();
    for (VlmPlan.Phase phase : phases) {
      boolean first = phase == phases.get(0);
      boolean last = phase == phases.get(phases.size() - 1);
      model = shape(plan.stage(), first ? from : null, phase.tileSize());
      VisionLanguageModel vlm = new VisionLanguageModel(model).freezeLanguageModel();
      PlannedStage<VlmBatch> stage = new PlannedStage<>(phase.stage(), t, vlm, state -> new VlmTask(vlm),
          PlannedBatches.pictures(model.vision(), PlannedBatches.text(t.microBatch(), longest(plan), t.packing())));
      stages.add((last ? stage : stage.averaging(null)).steps(phase.steps()).repeats(repeats));
    }
  }

  private void reward(RewardSection s) throws IOException {
    model = shape("reward", s.from(), 0);
    RewardModel reward = RewardModel.declared(new VisionLanguageModel(model));
    stages.add(new PlannedStage<>("reward", s.training(), reward, state -> new RewardTask(reward, s.regularizer()),
        pairs(s.training(), tokens("reward", s.maxTokens()))));
  }

  private void dpo(DpoSection s) throws IOException {
    model = shape("dpo", s.from(), 0);
    VisionLanguageModel vlm = new VisionLanguageModel(model).freezeLanguageModel();
    PlannedStage<PreferenceBatch> stage = new PlannedStage<>("dpo", s.training(), vlm,
        state -> new DpoTask(vlm, state.average(), s.beta(), s.nll()), pairs(s.training(), tokens("dpo", s.maxTokens())));
    stages.add(stage.averaging(Averaging.reference(s.referenceRate(), s.referenceEvery())));
  }

  private PreferenceBatch pairs(TrainingConfig t, int maxTokens) {
    return PlannedBatches.pairs(model.vision(), t.microBatch(), maxTokens);
  }

  private void rejection(RejectionSection s) throws IOException {
    MllamaConfig answering = shape("rejection", s.from(), 0);
    try (VisionLanguageModel vlm = new VisionLanguageModel(answering)) {
      note(String.format(Locale.ROOT, "stage 'rejection' trains nothing and is not in the plan; it holds two models, the one that answers and the "
          + "one that rewards, of %,d weights each", vlm.parameterCount()));
    }
  }

  private static int longest(VlmPlan plan) {
    if (plan.schedules().maxTokens() == null) return plan.maxTokens();
    return (int) plan.schedules().maxTokens().at().values().stream().mapToDouble(tokens -> tokens).max().orElseThrow();
  }

  private int tokens(String stage, int own) {
    if (own > 0) return own;
    if (config.adapter() == null) throw new IllegalArgumentException("stage '" + stage + "' needs 'max_tokens': there is no adapter section to take it from");
    return config.adapter().maxTokens();
  }

  // ---- shapes ----

  /** The model that a stage trains; {@code from} is the folder it begins with if that is not the model of the stage before. */
  private MllamaConfig shape(String stage, Path from, int tileSize) throws IOException {
    if (from == null && model != null) {
      return tileSize == 0 ? model
          : new MllamaConfig(model.vision().withImageSize(tileSize), model.text(), model.crossLayers(), model.imageToken(), model.padToken());
    }
    if (from == null || !there(from)) noteSections(from);
    // A stage that begins a run of its own goes on with what the stages before would have left.
    int size = tileSize == 0 && from == null && config.sft() != null && List.of("reward", "rejection", "dpo", "quality").contains(stage)
        ? config.sft().schedules().lastTileSize(0) : tileSize;
    return ModelShapes.visionLanguage(config, from, size).orElseThrow(() -> unknown(stage, from,
        "write the shapes in sections 'language_model', 'clip' and 'adapter'"));
  }

  private static IllegalArgumentException unknown(String stage, Path from, String mend) {
    return new IllegalArgumentException("stage '" + stage + "' begins with a model of which nothing is known"
        + (from == null ? "" : " (there is no config.json in " + from + ")") + ": " + mend);
  }

  /** Says of which models the shape is taken from what the configuration writes about them. */
  private void noteSections(Path from) throws IOException {
    if (from != null) note("there is no config.json in " + from + ": its shape is taken from the other sections");
    LanguageModelSection language = config.languageModel();
    if (language != null && language.load() != null && !there(language.load())) {
      note("there is no config.json in " + language.load() + ": the language model is taken to be as section language_model says"
          + ModelShapes.languageModel(config).map(PlannedStages::text).orElse(""));
    }
    ClipSection clip = config.clip();
    if (clip != null && clip.load() != null && !there(clip.load())) {
      note("there is no config.json in " + clip.load() + ": the image encoder is taken to be as section clip says"
          + ModelShapes.clipVision(config).map(c -> ", " + c.layers() + " layers of width " + c.hiddenSize()).orElse(""));
    }
  }

  private static String text(LlamaConfig c) {
    return ", " + c.layers() + " layers of width " + c.hiddenSize();
  }

  private static boolean there(Path folder) {
    return Files.isRegularFile(folder.resolve("config.json"));
  }

  private void note(String text) {
    if (!notes.contains(text)) notes.add(text);
  }
}
