package io.llama3v.train.cli;

import io.llama3v.config.ConfigException;
import io.llama3v.config.ConfigLoader;
import io.llama3v.io.Json;
import io.llama3v.train.stage.PipelineConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Loads the configuration of a run, and finds what a section by section check cannot see. */
final class Configs {
  private static final String LLAMA = "llama";
  private static final String CLIP = "clip";
  private static final String MLLAMA = "mllama";

  private Configs() {}

  /**
   * Loads and checks a configuration.
   *
   * @param overrides {@code a.b=c}, in order
   * @param backend overrides the configuration's; null leaves it
   * @throws ConfigException naming file and line, or the stage whose section is missing
   */
  static PipelineConfig load(Path file, List<String> overrides, String backend) {
    List<String> all = new ArrayList<>(overrides);
    if (backend != null) all.add("backend=" + backend);
    PipelineConfig config = ConfigLoader.load(file, PipelineConfig.class, all);
    try {
      config.requireSections();
    } catch (IllegalArgumentException missing) {
      throw new ConfigException(file + ": " + missing.getMessage(), missing);
    }
    return config;
  }

  /**
   * Checks that the models which a run begins with are there, and of the kind that is wanted.
   *
   * @throws ConfigException naming the key and the folder
   */
  static void requireModels(Path file, PipelineConfig c) {
    if (c.languageModel() != null) checkFolder(file, "language_model.load", c.languageModel().load(), LLAMA);
    if (c.clip() != null) checkFolder(file, "clip.load", c.clip().load(), CLIP);
    if (c.annealing() != null && c.stages().contains("annealing")) checkFolder(file, "annealing.from", c.annealing().from(), MLLAMA);
    if (c.sft() != null && c.stages().contains("sft")) {
      checkFolder(file, "sft.from", c.sft().from(), MLLAMA);
      checkFolder(file, "sft.language_model", c.sft().languageModel(), LLAMA);
    }
  }

  /** A folder in OpenCLIP's layout has no config.json; what else it lacks, loading it will say. */
  private static void checkFolder(Path file, String key, Path folder, String type) {
    if (folder == null || type.equals(CLIP) && Files.isRegularFile(folder.resolve("open_clip_config.json"))) return;
    Path described = folder.resolve("config.json");
    if (!Files.isRegularFile(described)) {
      throw new ConfigException(file + ": '" + key + "' is " + folder + ", and there is no config.json in it; expected a Hugging Face folder");
    }
    String found;
    try {
      found = Json.read(described).path("model_type").asText("");
    } catch (IOException damaged) {
      throw new ConfigException(damaged.getMessage(), damaged);
    }
    if (!found.isEmpty() && !found.equals(type)) {
      throw new ConfigException(file + ": '" + key + "' is " + folder + ", a model of type '" + found + "'; expected one of type '" + type + "'");
    }
  }
}
