package io.llama3v.train.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.adapter.MllamaConfig;
import io.llama3v.backend.UnaryOp;
import io.llama3v.io.Json;
import io.llama3v.llama.LlamaConfig;
import io.llama3v.vision.ConfigReader;
import io.llama3v.vision.Interpolation;
import io.llama3v.vision.VisionConfig;
import io.llama3v.vision.clip.ClipConfig;
import io.llama3v.vision.clip.ClipTextConfig;
import io.llama3v.vision.clip.ClipVisionConfig;
import io.llama3v.vision.image.AspectRatio;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the definitions that this library and the PyTorch side of the comparison share: {@code examples/bench/workloads.json}. */
public final class WorkloadFile {
  private static final String RESOURCE = "workloads.json";
  private static final double EPSILON = 1e-5;

  private final JsonNode root;
  private final String origin;

  private WorkloadFile(JsonNode root, String origin) {
    this.root = root;
    this.origin = origin;
  }

  /**
   * All workloads of a file, by name, in its order.
   *
   * @param file null for the one that came with this library
   * @throws IllegalArgumentException naming file and key where a value is not as expected
   */
  public static Map<String, Workload> read(Path file) throws IOException {
    WorkloadFile source = file == null ? packaged() : new WorkloadFile(Json.read(file), file.toString());
    Map<String, Workload> all = new LinkedHashMap<>();
    for (Iterator<String> names = source.root.fieldNames(); names.hasNext();) {
      String name = names.next();
      all.put(name, source.workload(name));
    }
    return all;
  }

  private static WorkloadFile packaged() throws IOException {
    try (InputStream in = WorkloadFile.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IOException("these classes run without their jar, and " + RESOURCE + " is not beside them: give "
            + "--file examples/bench/workloads.json");
      }
      return new WorkloadFile(Json.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8), RESOURCE), RESOURCE);
    }
  }

  private Workload workload(String name) {
    ConfigReader c = new ConfigReader(root.path(name), origin + ": " + name);
    if (c.value("prompt") != null) return new GenerationWorkload(name, adapter("adapter"), c.size("prompt", 1), c.size("new", 1));
    if (c.value("lm") == null) return clip(name, c);
    return c.value("vision") == null ? new LanguageModelWorkload(name, llama(c.object("lm")), required(c, "batch"), required(c, "seq"))
        : adapter(name);
  }

  private ClipWorkload clip(String name, ConfigReader c) {
    ConfigReader v = c.object("vision");
    ConfigReader t = c.object("text");
    ClipConfig config = new ClipConfig(
        new ClipVisionConfig(required(v, "width"), required(v, "mlp"), required(v, "layers"), required(v, "heads"), required(v, "image"),
            required(v, "patch"), 3, v.activation("act", UnaryOp.GELU), EPSILON, Interpolation.META),
        new ClipTextConfig(required(t, "vocab"), required(t, "width"), required(t, "mlp"), required(t, "layers"), required(t, "heads"),
            required(t, "context"), t.activation("act", UnaryOp.GELU), EPSILON, 0, ClipTextConfig.LEGACY_EOS),
        required(c, "embed"), Math.log(1 / 0.07));
    return new ClipWorkload(name, config, required(c, "batch"));
  }

  private AdapterWorkload adapter(String name) {
    ConfigReader c = new ConfigReader(root.path(name), origin + ": " + name);
    ConfigReader v = c.object("vision");
    int tiles = required(c, "tiles");
    int width = required(v, "width");
    // One arrangement of tiles: the tables of positions are then nearest in size to the plain ones of the PyTorch model.
    VisionConfig vision = new VisionConfig(width, required(v, "mlp"), required(v, "layers"), required(v, "global_layers"),
        required(v, "heads"), 3, required(v, "image"), required(v, "patch"), tiles, List.of(new AspectRatio(1, tiles)),
        Arrays.stream(v.integers("features")).boxed().toList(), v.activation("act", UnaryOp.GELU), EPSILON, false, true,
        1 / Math.sqrt(width));
    LlamaConfig text = llama(c.object("lm"));
    // The file counts self-attention layers; the model's list counts all.
    int[] cross = c.object("lm").integers("cross_before");
    for (int i = 0; i < cross.length; i++) cross[i] += i;
    return new AdapterWorkload(name, new MllamaConfig(vision, text, cross, text.vocabSize() - 1, 0), required(c, "batch"),
        required(c, "seq"));
  }

  private static LlamaConfig llama(ConfigReader c) {
    int width = required(c, "width");
    int vocabulary = required(c, "vocab");
    int heads = required(c, "heads");
    return new LlamaConfig(vocabulary, vocabulary, width, required(c, "mlp"), required(c, "layers"), heads, required(c, "kv_heads"),
        width / heads, EPSILON, c.number("rope_theta", 500_000), null, false, 0, 1, 1 / Math.sqrt(width));
  }

  private static int required(ConfigReader c, String key) {
    if (c.value(key) == null) throw c.wrong(key, "a size");
    return c.size(key, 1);
  }
}
