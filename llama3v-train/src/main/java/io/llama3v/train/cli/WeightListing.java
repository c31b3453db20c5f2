package io.llama3v.train.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.adapter.MllamaConfig;
import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.io.Json;
import io.llama3v.io.ShardedWeights;
import io.llama3v.io.TensorInfo;
import io.llama3v.train.checkpoint.Checkpoint;
import io.llama3v.train.checkpoint.RunState;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Prints what a checkpoint holds: its parts with their sizes, then every tensor. Reads headers only. */
final class WeightListing {
  private final PrintWriter out;
  private final boolean summary;

  WeightListing(PrintWriter out, boolean summary) {
    this.out = out;
    this.summary = summary;
  }

  /** A safetensors file, its index, a Hugging Face folder, or a training checkpoint {@code step_N}. */
  void print(Path path) throws IOException {
    if (Files.isDirectory(path) && Files.isRegularFile(path.resolve("state.json"))) {
      training(path);
      return;
    }
    Path config = (Files.isDirectory(path) ? path : path.toAbsolutePath().getParent()).resolve("config.json");
    JsonNode json = Files.isRegularFile(config) ? Json.read(config, 1 << 20) : null;
    try (ShardedWeights weights = ShardedWeights.open(path)) {
      Map<String, Boolean> trainable = json != null && json.path("model_type").asText().equals("mllama") ? trainable(json) : Map.of();
      out.println(path + (json == null ? "" : ": " + json.path("architectures").path(0).asText(json.path("model_type").asText("?"))));
      list(weights, trainable);
    }
  }

  private void training(Path folder) throws IOException {
    RunState state = Checkpoint.open(folder).state();
    out.println(folder + ": every file is as the manifest says");
    out.println("stage " + state.stage() + ", step " + state.step() + ", " + state.images() + " images, " + state.tokens()
        + " tokens, loader at " + state.loader().position() + ", seed " + state.seed());
    state.changes().forEach(change -> out.println("allowed change " + change));
    if (state.frozen() != null) {
      out.println("frozen beside it: " + state.frozen().tensors() + " tensors, " + count(state.frozen().weights()) + " weights");
    }
    for (String name : new String[] {"weights", "ema", "optimizer"}) {
      Path file = folder.resolve(name + ".safetensors");
      if (!Files.isRegularFile(file)) continue;
      out.println();
      out.println(file.getFileName());
      try (ShardedWeights weights = ShardedWeights.open(file)) {
        list(weights, Map.of());
      }
    }
  }

  /** What the vision stages train, by name: everything but the language model's own layers. */
  private static Map<String, Boolean> trainable(JsonNode config) {
    Map<String, Boolean> trainable = new HashMap<>();
    // Declared only: no memory is taken.
    new VisionLanguageModel(MllamaConfig.fromJson(config)).freezeLanguageModel().parameters()
        .forEach((name, parameter) -> trainable.put(name, parameter.isTrainable()));
    return trainable;
  }

  private static final class Part {
    int tensors;
    long weights;
    long bytes;
    long trained;
  }

  private void list(ShardedWeights weights, Map<String, Boolean> trainable) throws IOException {
    Map<String, Part> parts = new LinkedHashMap<>();
    Part total = new Part();
    Columns names = trainable.isEmpty() ? new Columns("name", "dtype", "shape") : new Columns("name", "dtype", "shape", "vision stages");
    for (String name : weights.names()) {
      TensorInfo info = weights.info(name);
      Boolean trained = trainable.get(name);
      for (Part part : new Part[] {parts.computeIfAbsent(part(name, trained), key -> new Part()), total}) {
        part.tensors++;
        part.weights += info.elements();
        part.bytes += info.bytes();
        if (Boolean.TRUE.equals(trained)) part.trained += info.elements();
      }
      names.row(name, info.dtype(), Arrays.toString(info.shape()), trained == null ? "" : trained ? "train" : "frozen");
    }
    parts.put("total", total);
    Columns table = trainable.isEmpty() ? new Columns("part", ">tensors", ">weights", ">MiB")
        : new Columns("part", ">tensors", ">weights", ">MiB", ">trained by vision stages");
    parts.forEach((name, p) -> table.row(name, p.tensors, count(p.weights), String.format(Locale.ROOT, "%.1f", p.bytes / 1048576.0),
        count(p.trained)));
    table.print(out);
    if (summary) return;
    out.println();
    names.print(out);
  }

  /** The first two parts of a name, without layer numbers; the adapters apart from the language model that they stand in. */
  private static String part(String name, Boolean trained) {
    if (Boolean.TRUE.equals(trained) && name.startsWith("language_model.")) return "language_model (cross-attention)";
    String[] words = name.split("\\.");
    boolean second = words.length > 2 && !words[1].matches("[0-9]+");
    return second ? words[0] + "." + words[1] : words[0];
  }

  private static String count(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }
}
