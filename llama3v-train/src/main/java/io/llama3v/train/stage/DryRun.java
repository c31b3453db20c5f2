package io.llama3v.train.stage;

import io.llama3v.adapter.MllamaConfig;
import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.llama.LlamaModel;
import io.llama3v.nn.Module;
import io.llama3v.train.optim.Schedule;
import io.llama3v.train.sweep.Trial;
import io.llama3v.vision.clip.ClipModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * What a run would do: every stage with its model, what of it trains, the schedules, the data and where they are, and how far the
 * stage has come. Everything is checked that can be without reading a sample or taking memory for a weight.
 */
public final class DryRun {
  private final PipelineConfig config;
  private final StringBuilder text = new StringBuilder();
  private final RunInputs inputs;
  private final Set<String> allowed;
  private final List<String> refused = new ArrayList<>();

  private DryRun(PipelineConfig config, Set<String> allowed) {
    this.config = config;
    this.allowed = allowed;
    this.inputs = new RunInputs(config);
  }

  /**
   * What was found.
   *
   * @param text    for people
   * @param missing inputs that are not there, and that no stage of the run makes
   * @param refused stages that a run would refuse to go on with, since settings changed that may not
   */
  public record Result(String text, List<String> missing, List<String> refused) {
    public Result {
      missing = List.copyOf(missing);
      refused = List.copyOf(refused);
    }

    /** True if nothing would keep the run from its work. */
    public boolean isReady() {
      return missing.isEmpty() && refused.isEmpty();
    }
  }

  /** As {@link #of(PipelineConfig, String, Set)}, where nothing may have changed. */
  public static Result of(PipelineConfig config, String only) throws IOException {
    return of(config, only, Set.of());
  }

  /**
   * Describes a run.
   *
   * @param only one stage; null for all
   * @param allowed settings that may differ from those that a stage began or finished under
   * @throws IllegalArgumentException if the configuration contradicts itself, or a pattern matches nothing
   */
  public static Result of(PipelineConfig config, String only, Set<String> allowed) throws IOException {
    config.requireSections();
    DryRun dry = new DryRun(config, allowed);
    dry.line("%d stages into %s, seed %d, backend %s", config.stages().size(), config.run(), config.seed(), config.backend());
    for (String stage : config.stages()) {
      if (only == null || only.equals(stage)) dry.stage(stage, only != null);
    }
    if (!dry.refused.isEmpty()) {
      dry.line("%nA run would refuse %s. Set the values back, allow each by name (--allow-change=KEY), or choose another folder (run=…).",
          String.join(", ", dry.refused));
    }
    List<String> missing = dry.inputs.missing();
    if (missing.isEmpty()) dry.line("%nEverything that is needed from outside is there. Nothing was trained.");
    else dry.line("%n%d %s missing:%n  %s%nNothing was trained.", missing.size(), missing.size() == 1 ? "input is" : "inputs are",
        String.join("\n  ", missing));
    return new Result(dry.text.toString(), missing, dry.refused);
  }

  private void line(String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  private void stage(String stage, boolean again) throws IOException {
    StageProgress progress = StageProgress.of(config, stage, again, allowed);
    line("%n%s  (%s)", stage, progress.text());
    for (String change : progress.refused()) item("", change);
    if (!progress.refused().isEmpty()) refused.add(stage);
    switch (stage) {
      case "corpus" -> item("makes", config.corpus().folder() + " out of " + inputs.folder(config.corpus().webjars()));
      case "language-model" -> languageModel();
      case "clip" -> clip();
      case "adapter" -> vlm(VlmPlan.adapter(config), null);
      case "annealing" -> vlm(VlmPlan.annealing(config), config.annealing().from());
      case "sft" -> sft();
      case "evaluation" -> corpus("eval/concepts", "eval/family", "eval/questions", "eval/questions-seen", "eval/captions", "eval/captions-seen");
      case "preferences" -> corpus("questions/train", "questions/validation");
      case "reward" -> answers(config.reward().from(), config.reward().data(), config.reward().validation());
      case "dpo" -> answers(config.dpo().from(), config.dpo().data(), config.dpo().validation());
      case "rejection" -> rejection();
      case "quality" -> quality();
      default -> { }
    }
    if (List.of("reward", "dpo", "quality").contains(stage)) training(config.training(stage), config.training(stage).toSchedule());
  }

  private void corpus(String... sets) {
    for (String set : sets) item("data", inputs.made("corpus", StageContext.shards(config, set)));
  }

  private void answers(Path from, List<Path> data, List<Path> validation) {
    if (from != null) item("from", inputs.model(from));
    lines("data", data, "preferences", PostTraining.TRAIN);
    lines("held out", validation, "preferences", PostTraining.VALIDATION);
  }

  private void rejection() {
    RejectionSection s = config.rejection();
    if (s.from() != null) item("from", inputs.model(s.from()));
    if (s.reward() != null) item("reward", inputs.model(s.reward()));
    lines("data", s.data(), "preferences", PostTraining.TRAIN);
  }

  private void quality() {
    QualitySection s = config.quality();
    if (s.from() != null) item("from", inputs.model(s.from()));
    lines("data", s.data(), "rejection", PostTraining.ACCEPTED);
    lines("held out", s.validation(), "preferences", PostTraining.VALIDATION);
  }

  /** Files of lines: those that a section names, else what an earlier stage leaves. */
  private void lines(String what, List<Path> given, String maker, String file) {
    if (given.isEmpty()) item(what, inputs.made(maker, config.run().resolve(maker).resolve(file).toString()));
    for (Path path : given) item(what, inputs.file(path));
  }

  private void item(String what, String value) {
    line("  %-10s %s", what, value);
  }

  private void languageModel() throws IOException {
    LanguageModelSection s = config.languageModel();
    if (s.load() != null) {
      item("takes", inputs.model(s.load()));
      return;
    }
    model(ModelShapes.languageModel(config).map(LlamaModel::new), s.training());
    item("data", inputs.made("corpus", config.corpus().folder().resolve("text/train.txt").toString()));
    training(s.training(), s.training().toSchedule());
  }

  private void clip() throws IOException {
    ClipSection s = config.clip();
    if (s.load() != null) {
      item("takes", inputs.model(s.load()));
      return;
    }
    model(ModelShapes.clip(config).map(ClipModel::new), s.training());
    if (s.data().isEmpty()) item("data", inputs.made("corpus", StageContext.shards(config, "icons/train")));
    else data(DataConfig.resolved(config, s.data()), Map.of());
    training(s.training(), s.training().toSchedule());
  }

  private void vlm(VlmPlan plan, Path from) throws IOException {
    if (from != null) item("from", inputs.model(from));
    else if (plan.stage().equals("adapter")) takes();
    List<VlmPlan.Phase> phases = plan.phases();
    Optional<MllamaConfig> shape = ModelShapes.visionLanguage(config, from, phases.get(phases.size() - 1).tileSize());
    model(shape.map(c -> new VisionLanguageModel(c).freezeLanguageModel()), plan.training());
    shape.ifPresent(c -> item("tiles", "up to " + c.vision().maxTiles() + " of " + phases.stream()
        .map(p -> (p.tileSize() == 0 ? c.vision().imageSize() : p.tileSize()) + " px"
        + (phases.size() > 1 ? " from step " + p.first() : "")).collect(Collectors.joining(", ")) + "; " + c.crossLayers().length
        + " cross-attention layers among " + c.totalLayers()));
    item("text", "up to " + (plan.schedules().maxTokens() == null ? plan.maxTokens() : at(plan.schedules().maxTokens().curve(), plan.training(), "%.0f"))
        + " tokens" + (plan.training().packing() > 0 ? ", packed into rows of " + plan.training().packing() : ""));
    data(plan.data(), plan.schedules().mixture());
    if (plan.schedules().difficulty() != null) {
      item("difficulty", "the easiest " + at(plan.schedules().difficulty().curve(), plan.training(), "%.2f") + " of every set");
    }
    training(plan.training(), plan.learningRate());
  }

  /** The models that the adapter stage begins with, where no stage of this run makes them. */
  private void takes() {
    if (config.languageModel() != null && !config.stages().contains("language-model") && config.languageModel().load() != null) {
      item("takes", inputs.model(config.languageModel().load()));
    }
    if (config.clip() != null && !config.stages().contains("clip") && config.clip().load() != null) item("takes", inputs.model(config.clip().load()));
  }

  private void sft() throws IOException {
    SftSection s = config.sft();
    List<Trial> trials = s.trials(config.seed());
    if (s.languageModel() != null) item("swaps in", inputs.model(s.languageModel()));
    Trial first = trials.get(0);
    VlmPlan plan = VlmPlan.sft(config, "sft/" + first.name(), s.training().with(first.learningRate(), first.weightDecay()), first.share(), first.seed());
    vlm(plan, s.from());
    item("runs", trials.size() + (trials.size() == 1 ? "" : ", each as above but for"));
    if (trials.size() > 1) for (Trial trial : trials) item("", trial.name() + ": " + trial.settings().entrySet().stream()
        .map(e -> e.getKey() + " " + e.getValue()).collect(Collectors.joining(", ")));
    ValidationConfig v = s.validation();
    item("scored by", v.score().name().toLowerCase(Locale.ROOT) + " on 2 x " + v.samples() + " samples of " + (v.shards() == null
        ? inputs.made("corpus", StageContext.shards(config, "questions/validation")) : inputs.shards(v.shards())));
    if (trials.size() > 1) item("soups", "uniform of the best 2 to " + (s.soup().most() == 0 ? trials.size() : s.soup().most())
        + (s.soup().greedy() ? ", greedy" : "") + "; the best average or single run is the result");
  }

  private void model(Optional<? extends Module> declared, TrainingConfig t) {
    if (declared.isEmpty()) {
      item("model", "shape unknown until its folder is there (or its section says more); patterns of parts are not checked");
      return;
    }
    try (Module model = declared.get()) {
      List<TrainedParts> parts = TrainedParts.of(model, t);
      item("model", String.format(Locale.ROOT, "%,d weights, %,d of them trained", model.parameterCount(), model.trainableCount()));
      for (TrainedParts part : parts) {
        item("", String.format(Locale.ROOT, "%s: %d tensors, %,d weights%s", part.name(), part.tensors(), part.weights(), part.rate() == 0 ? ""
            : String.format(Locale.ROOT, ", rate x%s, decay %s on %d of them", part.rate(), part.decay(), part.decayed())));
      }
    }
    if (t.lora() != null) item("lora", "rank " + t.lora().rank() + ", alpha " + t.lora().alpha() + ", on " + String.join(", ", t.lora().match()));
  }

  private void data(Map<String, DataConfig> sets, Map<String, CurveConfig> mixture) {
    sets.forEach((name, set) -> item("data", String.format(Locale.ROOT, "%s, weight %s: %s", name,
        mixture.containsKey(name) ? "by schedule" : String.format(Locale.ROOT, "%.3g", set.weight()),
        set.lines() != null ? inputs.file(set.lines()) : inputs.shards(set.shards()))));
  }

  private void training(TrainingConfig t, Schedule rate) {
    item("steps", String.format(Locale.ROOT, "%,d of %,d samples (%d x %,d), %,d in all", t.steps(), t.batchSize(), t.batchSize() / t.microBatch(),
        t.microBatch(), (long) t.steps() * t.batchSize()));
    item("rate", at(rate, t, "%.3g"));
    item("AdamW", "betas " + t.beta1() + ", " + t.beta2() + ", epsilon " + t.epsilon() + ", decay " + t.weightDecay() + ", clipped at " + t.clip());
    if (t.average() != null) {
      item("average", t.average().kind().name().toLowerCase(Locale.ROOT) + " over steps " + t.average().start(t.steps()) + " to " + t.steps()
          + ", every " + t.average().every());
    }
  }

  /** A schedule at its beginning, the end of the warm-up, the quarters and the end. */
  private static String at(Schedule schedule, TrainingConfig t, String format) {
    long last = t.steps() - 1;
    return LongStream.concat(LongStream.of(0, t.warmup(), last), LongStream.rangeClosed(1, 3).map(i -> last * i / 4)).sorted().distinct()
        .mapToObj(step -> String.format(Locale.ROOT, format, schedule.at(step)) + " at " + step).collect(Collectors.joining(", "));
  }
}
