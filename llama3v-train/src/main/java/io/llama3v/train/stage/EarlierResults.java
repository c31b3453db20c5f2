package io.llama3v.train.stage;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The models that a stage takes from earlier stages of its run, checked before it begins. */
final class EarlierResults {
  private EarlierResults() {}

  /**
   * Checks that they are there.
   *
   * @throws IllegalStateException naming the stage that must run first
   */
  static void require(PipelineConfig config, String stage) {
    folders(config, stage).forEach((folder, maker) -> {
      Path path = config.run().resolve(folder);
      if (Files.isRegularFile(path.resolve("config.json"))) return;
      throw new IllegalStateException("stage '" + stage + "' builds on what stage '" + maker + "' leaves, and there is no model in " + path
          + ". Run that first: 'llama3v stage " + maker + " CONFIG', or 'llama3v run CONFIG' for all that are missing" + instead(maker));
    });
  }

  /** A stage that a finished one was built on and that the run is to carry out again, if there is one. */
  static Optional<String> lost(PipelineConfig config, String stage, Set<String> done) {
    if (!Stages.NAMES.contains(stage)) return Optional.empty();
    return folders(config, stage).values().stream().filter(maker -> config.stages().contains(maker) && !done.contains(maker)).findFirst();
  }

  private static String instead(String maker) {
    return switch (maker) {
      case "language-model" -> "; or name the folder of a Llama in language_model.load";
      case "clip" -> "; or name the folder of a CLIP model in clip.load";
      default -> "";
    };
  }

  /** Folders in the run, and the stages that make them. */
  private static Map<String, String> folders(PipelineConfig config, String stage) {
    Map<String, String> needed = new LinkedHashMap<>();
    boolean brought = config.languageModel() != null && config.languageModel().load() != null;
    boolean reads = switch (stage) { // text, with the language model's tokenizer
      case "clip" -> config.clip().load() == null;
      case "adapter", "annealing", "sft", "evaluation", "reward", "rejection", "dpo", "quality" -> true;
      default -> false;
    };
    if (reads && !brought) needed.put("language-model", "language-model");
    boolean sees = stage.equals("adapter") || stage.equals("evaluation");
    if (sees && (config.clip() == null || config.clip().load() == null)) needed.put("clip", "clip");
    if (stage.equals("annealing") && config.annealing().from() == null) needed.put("adapter", "adapter");
    if (stage.equals("sft") && config.sft().from() == null) needed.put("annealing", "annealing");
    boolean tuned = switch (stage) {
      case "evaluation" -> true;
      case "reward" -> config.reward().from() == null;
      case "rejection" -> config.rejection().from() == null;
      case "dpo" -> config.dpo().from() == null;
      default -> false;
    };
    if (tuned) needed.put(SftStage.SOUP, "sft");
    if (stage.equals("rejection") && config.rejection().reward() == null) needed.put("reward", "reward");
    if (stage.equals("quality") && config.quality().from() == null) {
      if (config.stages().contains("dpo")) needed.put("dpo", "dpo");
      else needed.put(SftStage.SOUP, "sft");
    }
    return needed;
  }
}
