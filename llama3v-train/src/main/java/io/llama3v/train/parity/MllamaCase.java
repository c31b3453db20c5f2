package io.llama3v.train.parity;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.adapter.CrossAttentionMask;
import io.llama3v.adapter.ImageBatch;
import io.llama3v.adapter.ImageConversation;
import io.llama3v.adapter.MaskRule;
import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.backend.Backend;
import io.llama3v.io.SafetensorsFile;
import io.llama3v.io.WeightSource;
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
import java.util.List;
import java.util.Map;

/** One batch of a vision-language model: every stage and gradient under Hugging Face's mask rule, and what is given under Meta's. */
final class MllamaCase implements AutoCloseable {
  private static final String OUT = "out.";
  private static final String META = "meta.";
  private static final String META_GRADIENT = "meta.grad.";

  private final String name;
  private final Path folder;
  private final JsonNode description;
  private final VisionLanguageModel model;
  private final Backend backend;
  private final WeightSource io;
  private final ReferenceBatch batch;

  MllamaCase(String name, Path folder, JsonNode description, VisionLanguageModel model, Backend backend) throws IOException {
    this.name = name;
    this.folder = folder;
    this.description = description;
    this.model = model;
    this.backend = backend;
    this.io = SafetensorsFile.open(folder.resolve("io.safetensors"));
    try {
      this.batch = ReferenceBatch.read(io);
    } catch (IOException | RuntimeException failed) {
      io.close();
      throw failed;
    }
  }

  List<ParityResult> run() throws IOException {
    List<ParityResult> results = new ArrayList<>(huggingFace());
    Path meta = folder.resolve("meta_semantics.safetensors");
    if (Files.exists(meta)) {
      try (WeightSource expected = SafetensorsFile.open(meta)) {
        results.addAll(meta(expected));
      }
    }
    if (description.path("greedy_generate").isArray()) results.add(greedy());
    return results;
  }

  private List<ParityResult> huggingFace() throws IOException {
    Map<String, float[]> computed = new HashMap<>();
    Map<String, float[]> gradients = compute(MaskRule.HUGGING_FACE, computed);
    ParityCheck forward = check("forward");
    for (String tensor : io.names()) {
      if (!tensor.startsWith(OUT)) continue;
      String key = tensor.substring(OUT.length());
      float[] expected = io.readFloats(tensor);
      boolean text = key.equals("logits") || key.startsWith("text.");
      if (key.equals("vision.patch_embedding")) expected = channelsLast(expected, io.info(tensor).shape());
      forward.forward(key, text ? batch.atTokens(expected) : expected, text ? batch.atTokens(computed.get(key)) : computed.get(key));
    }
    List<ParityResult> results = new ArrayList<>(List.of(forward.result()));
    Path file = folder.resolve("grads.safetensors");
    if (!Files.exists(file)) return results;
    ParityCheck check = check("gradients");
    try (WeightSource expected = SafetensorsFile.open(file)) {
      Gradients.compare(check, expected, "", gradients);
      Gradients.requireAll(check, gradients.keySet(), expected.names());
    }
    results.add(check.result());
    return results;
  }

  private List<ParityResult> meta(WeightSource expected) throws IOException {
    Map<String, float[]> computed = new HashMap<>();
    Map<String, float[]> gradients = MetaGradients.of(model.config(), compute(MaskRule.META, computed));
    computed.put("full_text_row_masked_out_mask", rowMask());
    ParityCheck forward = check("meta");
    boolean anyGradient = false;
    for (String tensor : expected.names()) {
      anyGradient |= tensor.startsWith(META_GRADIENT);
      if (tensor.startsWith(META_GRADIENT) || !tensor.startsWith(META)) continue;
      String key = tensor.substring(META.length());
      float[] wanted = expected.readFloats(tensor);
      float[] actual = computed.get(key);
      boolean text = key.equals("logits") || key.equals("full_text_row_masked_out_mask");
      boolean image = key.equals("projector");
      forward.forward(key, text ? batch.atTokens(wanted) : image ? ofRealImages(wanted) : wanted,
          text ? batch.atTokens(actual) : image ? ofRealImages(actual) : actual);
    }
    List<ParityResult> results = new ArrayList<>(List.of(forward.result()));
    if (anyGradient) {
      ParityCheck check = check("meta-gradients");
      Gradients.compare(check, expected, META_GRADIENT, gradients);
      results.add(check.result());
    }
    return results;
  }

  private ParityCheck check(String group) {
    return new ParityCheck(name + "/" + group, description.get("f32_vs_f64"));
  }

  /** Stages, logits and loss into {@code computed}; gradients of every parameter. */
  private Map<String, float[]> compute(MaskRule rule, Map<String, float[]> computed) {
    model.setMaskRule(rule);
    try (Scope scope = backend.scope()) {
      Tensor hidden = model.hidden(batch.text(), batch.images(), (stage, value) -> computed.put(stage, value.toFloats()));
      computed.put("logits", model.language().logits(hidden).toFloats());
      scope.backend().synchronize();
    }
    return Gradients.of(model, backend, () -> model.loss(batch.text(), batch.images(), batch.text().counted()), computed, "loss");
  }

  /** 1 for tokens that see an image, 0 for the others: [B, L]. */
  private float[] rowMask() {
    try (Scope scope = backend.scope()) {
      int rows = batch.text().rows();
      int length = batch.text().length();
      Tensor mask = CrossAttentionMask.of(scope.backend(), batch.images().seen(), rows, length, MaskRule.META).rows();
      if (mask != null) return mask.toFloats();
      float[] all = new float[rows * length];
      Arrays.fill(all, 1);
      return all;
    }
  }

  /** Values [B, n, …] without the padding images: Meta's model never sees those. */
  private float[] ofRealImages(float[] values) {
    ImageBatch images = batch.images();
    int places = images.rows() * images.images();
    if (values == null || values.length % places != 0) return values;
    int width = values.length / places;
    float[] kept = new float[values.length];
    int n = 0;
    for (int i = 0; i < places; i++) {
      if (images.aspectRatioIds()[i / images.images()][i % images.images()] == 0) continue;
      System.arraycopy(values, i * width, kept, n, width);
      n += width;
    }
    return Arrays.copyOf(kept, n);
  }

  private ParityResult greedy() {
    model.setMaskRule(MaskRule.HUGGING_FACE);
    try (ImageConversation conversation = new ImageConversation(model, batch.images())) {
      return Greedy.compare(name + "/greedy", description.path("greedy_generate"), conversation, backend, batch);
    }
  }

  /** [N, C, H, W] to [N, H·W, C]. */
  private static float[] channelsLast(float[] x, long[] shape) {
    int channels = (int) shape[1];
    int cells = (int) (shape[2] * shape[3]);
    float[] out = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      int cell = i % cells;
      int channel = i / cells % channels;
      out[(i / cells / channels * cells + cell) * channels + channel] = x[i];
    }
    return out;
  }

  @Override
  public void close() throws IOException {
    io.close();
  }
}
