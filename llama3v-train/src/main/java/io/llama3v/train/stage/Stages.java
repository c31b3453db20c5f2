package io.llama3v.train.stage;

import java.util.List;
import java.util.Map;

/** The stages that a pipeline knows, by name. */
final class Stages {
  /** In the order in which they build on each other. */
  static final List<String> NAMES = List.of("corpus", "language-model", "clip", "adapter", "annealing", "sft", "evaluation");

  private static final Map<String, Stage> ALL = Map.of("corpus", new CorpusStage(), "language-model", new LanguageModelStage(),
      "clip", new ClipStage(), "adapter", new AdapterStage(), "annealing", new AnnealingStage(), "sft", new SftStage(),
      "evaluation", new EvaluationStage());

  private Stages() {}

  static Stage get(String name) {
    return ALL.get(name);
  }
}
