package io.llama3v.train.loop;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.backend.Backend;
import io.llama3v.io.Json;
import io.llama3v.io.SafetensorsFile;
import io.llama3v.io.WeightSource;
import io.llama3v.tensor.Parameter;
import io.llama3v.vision.image.ParityResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Repeats short trainings of a reference, step by step: {@code case.json} (settings, losses, norms, rates) and
 * {@code final.safetensors} (values of chosen parameters at the end). Start weights and inputs lie in neighbouring folders, which
 * the notes of {@code case.json} name. Two kinds: contrastive training ({@link ClipTrajectory}) and training of image adapters on
 * a frozen language model ({@link AdapterTrajectory}).
 */
public final class TrainParity {
  /** Errors grow over steps: what the reference's notes ask for. */
  static final double RELATIVE = 1e-4;
  private static final double NOISE_FACTOR = 3;
  private static final Pattern START = Pattern.compile("([\\w./-]+)/model\\.safetensors");

  private TrainParity() {}

  /** Whether a folder looks like a case of this kind. */
  public static boolean recognises(Path folder) {
    return Files.exists(folder.resolve("final.safetensors")) && Files.exists(folder.resolve("case.json"));
  }

  /** Repeats every training of the folder: one result each. */
  public static List<ParityResult> run(Path folder, Backend backend) throws IOException {
    JsonNode root = Json.read(folder.resolve("case.json"));
    String name = folder.toAbsolutePath().normalize().getFileName().toString();
    List<ParityResult> results = new ArrayList<>();
    try (WeightSource end = SafetensorsFile.open(folder.resolve("final.safetensors"))) {
      for (Map.Entry<String, JsonNode> entry : root.get("log").properties()) {
        Tally tally = new Tally(name + "/" + entry.getKey());
        JsonNode log = entry.getValue();
        if (log.has("start_logit_scale")) {
          ClipTrajectory.run(startOf(folder, root, "clip"), log, entry.getKey(), end, backend, tally);
        } else {
          AdapterTrajectory.run(startOf(folder, root, "mllama"), root.get("optimizer"), log, entry.getKey(), end, backend, tally);
        }
        results.add(tally.result());
      }
    }
    return results;
  }

  /** The folder with start weights of a model type, as the notes name it. */
  private static Path startOf(Path folder, JsonNode root, String modelType) throws IOException {
    List<Path> seen = new ArrayList<>();
    for (JsonNode note : root.get("notes")) {
      for (Matcher start = START.matcher(note.asText()); start.find();) {
        Path candidate = folder.resolve(start.group(1)).normalize();
        Path config = candidate.resolve("config.json");
        seen.add(candidate);
        if (Files.exists(config) && Json.read(config).path("model_type").asText().equals(modelType)) return candidate;
      }
    }
    throw new IOException(folder.resolve("case.json") + ": no note names start weights of a model of type '" + modelType
        + "' that exist; looked in " + seen);
  }

  /** Compares the chosen parameters with their final values. */
  static void compareFinal(Tally tally, String trajectory, WeightSource end, Map<String, Parameter> parameters, JsonNode log)
      throws IOException {
    double noise = NOISE_FACTOR * log.path("f32_vs_f64").path("final_weight_max_abs").asDouble(0);
    String prefix = trajectory + ".final.";
    for (String tensor : end.names()) {
      if (!tensor.startsWith(prefix)) continue;
      float[] expected = end.readFloats(tensor);
      Parameter actual = parameters.get(tensor.substring(prefix.length()));
      tally.values(tensor, expected, actual == null ? null : actual.toFloats(), Math.max(noise, RELATIVE * Tally.largest(expected)));
    }
  }
}
