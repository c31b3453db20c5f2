package io.llama3v.train.cli;

import io.llama3v.config.ConfigException;
import io.llama3v.config.ConfigLoader;
import io.llama3v.train.stage.PipelineConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Loads the configuration of a run, and finds what a section by section check cannot see. */
final class Configs {
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
    checkSections(file, config);
    return config;
  }

  private static void checkSections(Path file, PipelineConfig c) {
    Map<String, Object> sections = new LinkedHashMap<>();
    sections.put("language-model", c.languageModel());
    sections.put("clip", c.clip());
    sections.put("adapter", c.adapter());
    sections.put("annealing", c.annealing());
    sections.put("sft", c.sft());
    sections.put("reward", c.reward());
    sections.put("rejection", c.rejection());
    sections.put("dpo", c.dpo());
    sections.put("quality", c.quality());
    for (String stage : c.stages()) {
      if (sections.containsKey(stage) && sections.get(stage) == null) {
        throw new ConfigException(file + ": stage '" + stage + "' is to run, and there is no section '" + stage.replace('-', '_')
            + "'; write it, or leave the stage out of 'stages'");
      }
    }
  }

  /**
   * Checks that the models which a run begins with are there.
   *
   * @throws ConfigException naming the key and the folder
   */
  static void requireModels(Path file, PipelineConfig c) {
    if (c.languageModel() != null) checkFolder(file, "language_model.load", c.languageModel().load());
    if (c.clip() != null) checkFolder(file, "clip.load", c.clip().load());
    if (c.annealing() != null && c.stages().contains("annealing")) checkFolder(file, "annealing.from", c.annealing().from());
    if (c.sft() != null && c.stages().contains("sft")) {
      checkFolder(file, "sft.from", c.sft().from());
      checkFolder(file, "sft.language_model", c.sft().languageModel());
    }
  }

  private static void checkFolder(Path file, String key, Path folder) {
    if (folder != null && !Files.isRegularFile(folder.resolve("config.json"))) {
      throw new ConfigException(file + ": '" + key + "' is " + folder + ", and there is no config.json in it; expected a Hugging Face folder");
    }
  }
}
