package io.llama3v.train;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.config.ConfigLoader;
import io.llama3v.io.Json;
import io.llama3v.text.Tokenizer;
import io.llama3v.train.report.RunFiles;
import io.llama3v.train.stage.PipelineConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * Where a model and its tokenizer lie.
 *
 * @param weights Hugging Face folder of the model
 * @param type {@code model_type} of its config.json
 */
public record ModelFolder(Path weights, String type) {
  /** Results of a run, the most finished first. */
  private static final List<String> RESULTS = List.of("quality", "dpo", "sft/soup", "annealing", "adapter", "language-model");
  /** From runs/x/sft/soup up to runs/x. */
  private static final int MOST_PARENTS = 3;

  /**
   * Finds the model in a Hugging Face folder, or the most finished one in the folder of a run.
   *
   * @throws IOException if there is none
   */
  public static ModelFolder find(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      throw new NoSuchFileException(path.toString(), null, "no such folder; expected a Hugging Face model, or the folder of a run");
    }
    if (Files.isRegularFile(path.resolve("config.json"))) return new ModelFolder(path, type(path));
    for (String result : RESULTS) {
      Path folder = path.resolve(result);
      if (Files.isRegularFile(folder.resolve("config.json"))) return new ModelFolder(folder, type(folder));
    }
    throw new IOException(path + " holds no model: expected config.json, or a run with one in " + String.join(", ", RESULTS));
  }

  private static String type(Path folder) throws IOException {
    JsonNode json = Json.read(folder.resolve("config.json"), 1 << 20);
    return json.path("model_type").asText("");
  }

  /**
   * The tokenizer that goes with the model: beside the weights, or that of the run they belong to.
   *
   * @throws IOException if there is none
   */
  public Path tokenizer() throws IOException {
    if (Tokenizer.isIn(weights)) return weights;
    Path at = weights.toAbsolutePath().normalize();
    for (int i = 0; i < MOST_PARENTS && at != null; i++, at = at.getParent()) {
      if (Tokenizer.isIn(at.resolve("language-model"))) return at.resolve("language-model");
      Path config = at.resolve(RunFiles.CONFIG);
      if (!Files.isRegularFile(config)) continue;
      PipelineConfig run = ConfigLoader.load(config, PipelineConfig.class);
      Path brought = run.languageModel() == null ? null : run.languageModel().load();
      if (brought != null && Tokenizer.isIn(brought)) return brought;
    }
    throw new IOException(weights + " has no tokenizer (" + String.join(", ", Tokenizer.FILES)
        + ") and belongs to no run with one; name its folder with --tokenizer");
  }
}
