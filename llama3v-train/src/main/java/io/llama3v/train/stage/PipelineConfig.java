package io.llama3v.train.stage;

import java.nio.file.Path;
import java.util.List;

/**
 * A whole run, as a YAML file states it.
 *
 * @param run folder of the run
 * @param seed of everything random
 * @param backend {@code auto}, {@code cpu}, {@code nd4j} or {@code cuda}
 * @param stages names of the stages, in order; the usual seven unless told otherwise
 */
public record PipelineConfig(Path run, long seed, String backend, List<String> stages, CorpusSection corpus,
    LanguageModelSection languageModel, ClipSection clip, AdapterSection adapter, AnnealingSection annealing, SftSection sft,
    EvaluationSection evaluation, PreferencesSection preferences, RewardSection reward, RejectionSection rejection, DpoSection dpo,
    QualitySection quality) {
  /** Fills in defaults and checks. */
  public PipelineConfig {
    if (run == null) throw new IllegalArgumentException("'run' is missing: the folder of the run, for example runs/tiny");
    backend = Defaults.or(backend, "auto");
    stages = stages == null ? Stages.USUAL : List.copyOf(stages);
    for (String stage : stages) {
      if (!Stages.NAMES.contains(stage)) throw new IllegalArgumentException("no stage is called '" + stage + "'; there are " + Stages.NAMES);
    }
    corpus = Defaults.or(corpus, new CorpusSection(null, null, 0, 0, 0, 0, 0, null));
    preferences = Defaults.or(preferences, new PreferencesSection(0, 0));
    evaluation = Defaults.or(evaluation, new EvaluationSection(0, 0, 0, null));
    checkShapes(languageModel, clip, adapter, annealing);
  }

  /** What sections say of each other's shapes. The shapes of models that are brought along stand in their own folders. */
  private static void checkShapes(LanguageModelSection languageModel, ClipSection clip, AdapterSection adapter, AnnealingSection annealing) {
    if (adapter != null && languageModel != null && languageModel.load() == null && adapter.every() > languageModel.layers()) {
      throw new IllegalArgumentException("adapter.every is " + adapter.every() + ", and the language model has " + languageModel.layers()
          + " layers; expected 1 to " + languageModel.layers());
    }
    if (clip == null || clip.load() != null) return;
    if (adapter != null) {
      Defaults.divides("clip.patch", clip.patch(), "adapter.tile_size", adapter.tileSize());
      for (int feature : adapter.features()) {
        if (feature < 0 || feature > clip.vision().layers()) {
          throw new IllegalArgumentException("adapter.features has " + feature + ", and clip.vision has " + clip.vision().layers()
              + " layers; expected 0 to " + clip.vision().layers());
        }
      }
    }
    if (annealing != null && annealing.from() == null) Defaults.divides("clip.patch", clip.patch(), "annealing.tile_size", annealing.tileSize());
  }

  /** How a stage trains; null where it trains nothing. */
  public TrainingConfig training(String stage) {
    return switch (stage) {
      case "language-model" -> languageModel.load() == null ? languageModel.training() : null;
      case "clip" -> clip.load() == null ? clip.training() : null;
      case "adapter" -> adapter.training();
      case "annealing" -> annealing.training();
      case "sft" -> sft.training();
      case "reward" -> reward.training();
      case "dpo" -> dpo.training();
      case "quality" -> quality.training();
      default -> null;
    };
  }

  /**
   * Checks that every listed stage has the sections that it reads.
   *
   * @throws IllegalArgumentException naming the section that is missing
   */
  public void requireSections() {
    require("language-model", languageModel, "language_model");
    require("clip", clip, "clip");
    require("adapter", adapter, "adapter");
    require("adapter", languageModel, "language_model");
    require("adapter", clip, "clip");
    require("annealing", annealing, "annealing");
    require("sft", sft, "sft");
    require("reward", reward, "reward");
    require("rejection", rejection, "rejection");
    require("dpo", dpo, "dpo");
    require("quality", quality, "quality");
    require("evaluation", clip, "clip");
    require("evaluation", adapter, "adapter");
  }

  private void require(String stage, Object section, String key) {
    if (section == null && stages.contains(stage)) {
      throw new IllegalArgumentException("there is no section '" + key + "', which stage '" + stage
          + "' reads; write it (configs/tiny.yaml and configs/tiny-post.yaml show one), or leave the stage out of 'stages'");
    }
  }
}
