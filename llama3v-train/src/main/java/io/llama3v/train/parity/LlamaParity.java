package io.llama3v.train.parity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.llama3v.backend.Backend;
import io.llama3v.io.Json;
import io.llama3v.io.SafetensorsFile;
import io.llama3v.io.WeightSource;
import io.llama3v.llama.CausalModel;
import io.llama3v.llama.LlamaModel;
import io.llama3v.llama.RotaryEmbedding;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Tensor;
import io.llama3v.vision.ParityCheck;
import io.llama3v.vision.image.ParityResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs a folder of reference values of a Llama through {@link LlamaModel}: {@code config.json} and weights, {@code io.safetensors}
 * with {@code in.*} and {@code out.*}, and, where present, {@code grads.safetensors}, {@code grads_far.safetensors} (at the positions
 * {@code in.far.position_ids}) and {@code case.json}. Shapes come from the folder; an expected tensor that is not known here fails.
 */
public final class LlamaParity implements AutoCloseable {
  private static final String OUT = "out.";

  private final String name;
  private final Path folder;
  private final Backend backend;
  private final JsonNode description;
  private final LlamaModel model;
  private final WeightSource io;
  private final ReferenceBatch batch;
  private final Map<String, float[]> computed = new HashMap<>();

  private LlamaParity(Path folder, Backend backend) throws IOException {
    this.name = folder.toAbsolutePath().normalize().getFileName().toString();
    this.folder = folder;
    this.backend = backend;
    Path file = folder.resolve("case.json");
    this.description = Files.exists(file) ? Json.read(file) : MissingNode.getInstance();
    this.io = SafetensorsFile.open(folder.resolve("io.safetensors"));
    try {
      this.batch = ReferenceBatch.read(io);
      this.model = LlamaModel.load(backend, folder);
    } catch (IOException | RuntimeException failed) {
      io.close();
      throw failed;
    }
  }

  /** Whether a folder looks like a case of this kind. */
  public static boolean recognises(Path folder) throws IOException {
    Path config = folder.resolve("config.json");
    return Files.exists(folder.resolve("io.safetensors")) && Files.exists(config)
        && Json.read(config).path("model_type").asText().equals("llama");
  }

  /** Compares forward values, gradients, large positions, the key/value cache and greedy decoding, as far as the folder has them. */
  public static List<ParityResult> run(Path folder, Backend backend) throws IOException {
    try (LlamaParity parity = new LlamaParity(folder, backend)) {
      return parity.run();
    }
  }

  private List<ParityResult> run() throws IOException {
    Map<String, ParityCheck> checks = new LinkedHashMap<>();
    Map<String, float[]> gradients;
    Map<String, float[]> farGradients = null;
    try (Scope scope = backend.scope()) {
      stages();
      scope.backend().synchronize();
    }
    gradients = Gradients.of(model, backend, () -> model.loss(batch.text(), batch.text().counted()), computed, "loss");
    alias("loss", "loss_float32_compute");
    if (io.contains("in.far.position_ids")) farGradients = far();
    if (io.contains("in.cache.next_token")) cached();
    for (String tensor : io.names()) {
      if (!tensor.startsWith(OUT)) continue;
      String key = tensor.substring(OUT.length());
      String group = key.startsWith("far.") ? "far" : key.startsWith("cache.") ? "cache" : "forward";
      boolean perToken = io.info(tensor).shape().length == 3 && !group.equals("cache");
      float[] expected = io.readFloats(tensor);
      float[] actual = computed.get(key);
      checks.computeIfAbsent(group, this::check).forward(key, perToken ? batch.atTokens(expected) : expected,
          perToken ? batch.atTokens(actual) : actual);
    }
    compare(checks, "gradients", "grads.safetensors", gradients);
    compare(checks, "far-gradients", "grads_far.safetensors", farGradients);
    List<ParityResult> results = new ArrayList<>();
    checks.values().forEach(check -> results.add(check.result()));
    if (description.path("greedy_generate").isArray()) {
      results.add(Greedy.compare(name + "/greedy", description.path("greedy_generate"), model, backend, batch));
    }
    return results;
  }

  private ParityCheck check(String group) {
    return new ParityCheck(name + "/" + group, description.get("f32_vs_f64"));
  }

  private void stages() {
    Tensor hidden = model.hidden(batch.text(), null, (stage, value) -> computed.put(stage, value.toFloats()));
    computed.put("logits", model.logits(hidden).toFloats());
    computed.put("rope_inv_freq", model.rotary().frequencies());
    computed.put("embed_tokens_as_float32", model.embedding().weight().toFloats());
    alias("logits", "logits_float32_compute");
  }

  private void alias(String key, String other) {
    computed.put(other, computed.get(key));
  }

  /** The same tokens at explicit positions; cosines and sines are those of the first row, for both halves of a head. */
  private Map<String, float[]> far() throws IOException {
    int[] positions = ReferenceBatch.ints(io.readLongs("in.far.position_ids"));
    ReferenceBatch far = batch.at(positions);
    try (Scope scope = backend.scope()) {
      RotaryEmbedding.Table table = model.rotary().table(scope.backend(), Arrays.copyOf(positions, far.text().length()), 1);
      computed.put("far.cos", bothHalves(table.cos()));
      computed.put("far.sin", bothHalves(table.sin()));
      computed.put("far.logits", model.logits(far.text()).toFloats());
    }
    return Gradients.of(model, backend, () -> model.loss(far.text(), far.text().counted()), computed, "far.loss");
  }

  private static float[] bothHalves(Tensor half) {
    float[] values = half.toFloats();
    int width = (int) half.size(-1);
    float[] out = new float[2 * values.length];
    for (int i = 0; i < out.length; i++) out[i] = values[i / (2 * width) * width + i % width];
    return out;
  }

  /** The first row with a key/value cache, then one more token after another. */
  private void cached() throws IOException {
    int[] next = ReferenceBatch.ints(io.readLongs("in.cache.next_token"));
    int[] prompt = batch.row(0);
    List<float[]> logits = new ArrayList<>();
    try (CausalModel.Session session = model.open(backend, prompt.length + next.length)) {
      session.next(prompt);
      for (int token : next) logits.add(session.next(token));
    }
    int width = model.config().vocabSize();
    float[] all = new float[width * next.length];
    for (int i = 0; i < next.length; i++) System.arraycopy(logits.get(i), 0, all, i * width, width);
    computed.put("cache.next_logits", all);
  }

  private void compare(Map<String, ParityCheck> checks, String group, String file, Map<String, float[]> actual) throws IOException {
    Path path = folder.resolve(file);
    if (!Files.exists(path)) return;
    ParityCheck check = check(group);
    checks.put(group, check);
    try (WeightSource expected = SafetensorsFile.open(path)) {
      Gradients.compare(check, expected, "", actual == null ? Map.of() : actual);
      Gradients.requireAll(check, actual == null ? Set.of() : actual.keySet(), expected.names());
    }
  }

  @Override
  public void close() throws IOException {
    model.close();
    io.close();
  }
}
