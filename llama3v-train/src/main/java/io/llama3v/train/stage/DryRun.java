package io.llama3v.train.stage;

import io.llama3v.adapter.MllamaConfig;
import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.llama.LlamaModel;
import io.llama3v.nn.Module;
import io.llama3v.train.checkpoint.CheckpointStore;
import io.llama3v.train.optim.Schedule;
import io.llama3v.train.sweep.Trial;
import io.llama3v.vision.clip.ClipModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
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

  private DryRun(PipelineConfig config) {
    this.config = config;
    this.inputs = new RunInputs(config);
  }

  /**
   * What was found.
   *
   * @param text    for people
   * @param missing inputs that are not there, and that no stage of the run makes
   */
  public record Result(String text, List<String> missing) {
    public Result {
      missing = List.copyOf(missing);
    }
  }

  /**
   * Describes a run.
   *
   * @param only one stage; null for all
   * @throws IllegalArgumentException if the configuration contradicts itself, or a pattern matches nothing
   */
  public static Result of(PipelineConfig config, String only) throws IOException {
    config.requireSections();
    DryRun dry = new DryRun(config);
    dry.line("%d stages into %s, seed %d, backend %s", config.stages().size(), config.run(), config.seed(), config.backend());
    for (String stage : config.stages()) {
      if (only == null || only.equals(stage)) dry.stage(stage);
    }
    List<String> missing = dry.inputs.missing();
    if (missing.isEmpty()) dry.line("%nEverything that is needed from outside is there. Nothing was trained.");
    else dry.line("%n%d %s missing:%n  %s%nNothing was trained.", missing.size(), missing.size() == 1 ? "input is" : "inputs are",
        String.join("\n  ", missing));
    return new Result(dry.text.toString(), missing);
  }

  private void line(String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  private void stage(String stage) throws IOException {
    line("%n%s  (%s)", stage, progress(stage));
    switch (stage) {
      case "corpus" -> item("makes", config.corpus().folder() + " out of " + inputs.folder(config.corpus().webjars()));
      case "language-model" -> languageModel();
      case "clip" -> clip();
      case "adapter" -> vlm(VlmPlan.adapter(config), null);
      case "annealing" -> vlm(VlmPlan.annealing(config), config.annealing().from());
      case "sft" -> sft();
      default -> { }
    }
    if (List.of("reward", "dpo", "quality").contains(stage)) training(config.training(stage), config.training(stage).toSchedule());
  }

  private void item(String what, String value) {
    line("  %-10s %s", what, value);
  }

  private String progress(String stage) throws IOException {
    Path folder = config.run().resolve(stage);
    if (Files.exists(folder.resolve(DoneMarker.FILE))) return "done";
    List<Long> steps = new CheckpointStore(folder.resolve(Training.CHECKPOINTS), 1).steps();
    return steps.isEmpty() ? "not begun" : "goes on from step " + steps.get(0);
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
