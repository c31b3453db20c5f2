package io.llama3v.train.stage;

import java.util.List;
import java.util.Map;

/** The stages that a pipeline knows, by name. */
final class Stages {
  /** In the order in which they build on each other. */
  static final List<String> NAMES = List.of("corpus", "language-model", "clip", "adapter", "annealing", "sft", "evaluation",
      "preferences", "reward", "rejection", "dpo", "quality");
  /** Those that run unless told otherwise. */
  static final List<String> USUAL = NAMES.subList(0, 7);

  private static final Map<String, Stage> ALL = Map.ofEntries(Map.entry("corpus", new CorpusStage()),
      Map.entry("language-model", new LanguageModelStage()), Map.entry("clip", new ClipStage()), Map.entry("adapter", new AdapterStage()),
      Map.entry("annealing", new AnnealingStage()), Map.entry("sft", new SftStage()), Map.entry("evaluation", new EvaluationStage()),
      Map.entry("preferences", new PreferencesStage()), Map.entry("reward", new RewardStage()),
      Map.entry("rejection", new RejectionStage()), Map.entry("dpo", new DpoStage()), Map.entry("quality", new QualityStage()));

  private Stages() {}

  static Stage get(String name) {
    return ALL.get(name);
  }
}
