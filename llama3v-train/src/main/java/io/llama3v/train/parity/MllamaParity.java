package io.llama3v.train.parity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.backend.Backend;
import io.llama3v.io.Json;
import io.llama3v.vision.image.ParityResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Runs a folder of reference values of Llama 3.2 Vision through {@link VisionLanguageModel}: {@code config.json} and weights at the
 * top, again in {@code sharded/} and under Meta's names in {@code meta_format_weights.safetensors} where present, and a folder a case
 * below {@code cases/}. Shapes, layers, tiles and cases all come from the folder.
 */
public final class MllamaParity {
  private MllamaParity() {}

  /** Whether a folder looks like a case of this kind. */
  public static boolean recognises(Path folder) throws IOException {
    Path config = folder.resolve("config.json");
    return Files.isDirectory(folder.resolve("cases")) && Files.exists(config)
        && Json.read(config).path("model_type").asText().equals("mllama");
  }

  /** Compares every case, and the other forms of the weights: several results each. */
  public static List<ParityResult> run(Path folder, Backend backend) throws IOException {
    String name = folder.toAbsolutePath().normalize().getFileName().toString();
    Path file = folder.resolve("case.json");
    JsonNode descriptions = Files.exists(file) ? Json.read(file).path("cases") : MissingNode.getInstance();
    List<ParityResult> results = new ArrayList<>();
    try (VisionLanguageModel model = VisionLanguageModel.load(backend, folder)) {
      for (String one : cases(folder.resolve("cases"), descriptions)) {
        try (MllamaCase c = new MllamaCase(name + "/" + one, folder.resolve("cases").resolve(one), descriptions.path(one), model, backend)) {
          results.addAll(c.run());
        }
      }
      results.addAll(MllamaWeightForms.compare(name, folder, model, backend));
    }
    return results;
  }

  /** Cases that lie there, in the order of the description. */
  private static Set<String> cases(Path folder, JsonNode descriptions) throws IOException {
    Set<String> present = new TreeSet<>();
    try (Stream<Path> entries = Files.list(folder)) {
      entries.filter(e -> Files.exists(e.resolve("io.safetensors"))).forEach(e -> present.add(e.getFileName().toString()));
    }
    Set<String> ordered = new LinkedHashSet<>();
    descriptions.fieldNames().forEachRemaining(one -> {
      if (present.contains(one)) ordered.add(one);
    });
    ordered.addAll(present);
    return ordered;
  }
}
