package io.llama3v.vision.clip;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.backend.Backend;
import io.llama3v.io.Json;
import io.llama3v.io.SafetensorsFile;
import io.llama3v.io.WeightSource;
import io.llama3v.ops.ContrastiveLoss;
import io.llama3v.ops.L2Normalize;
import io.llama3v.ops.Permute;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;
import io.llama3v.vision.ParityCheck;
import io.llama3v.vision.Trace;
import io.llama3v.vision.image.ParityResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Runs a folder of CLIP reference values through {@link ClipModel}: a model in Hugging Face's or OpenCLIP's layout,
 * {@code io.safetensors} with inputs {@code in.*} and expected outputs {@code out.*}, {@code grads.safetensors} with the gradients
 * of {@code out.loss} under the model's own names, and optionally {@code case.json} with the reference's rounding noise. Shapes and
 * sizes all come from the folder; an expected tensor that this class does not know counts as a failure.
 */
public final class ClipParity implements AutoCloseable {
  private static final String OUT = "out.";

  private final String name;
  private final Path folder;
  private final Backend backend;
  private final JsonNode noise;
  private final ClipModel model;
  private final WeightSource io;
  private final Map<String, float[]> computed = new HashMap<>();

  private ClipParity(Path folder, Backend backend) throws IOException {
    this.name = folder.toAbsolutePath().normalize().getFileName().toString();
    this.folder = folder;
    this.backend = backend;
    Path description = folder.resolve("case.json");
    this.noise = Files.exists(description) ? Json.read(description).get("f32_vs_f64") : null;
    this.io = SafetensorsFile.open(folder.resolve("io.safetensors"));
    try {
      this.model = ClipModel.load(backend, folder);
    } catch (IOException | RuntimeException failed) {
      io.close();
      throw failed;
    }
  }

  /** Whether a folder looks like a case of this kind. */
  public static boolean recognises(Path folder) throws IOException {
    if (!Files.exists(folder.resolve("io.safetensors"))) return false;
    if (Files.exists(folder.resolve(ClipConfig.OPEN_CLIP_FILE))) return true;
    Path config = folder.resolve(ClipConfig.HUGGING_FACE_FILE);
    return Files.exists(config) && Json.read(config).path("model_type").asText().equals("clip");
  }

  /** Compares forward values, masked texts, larger images and gradients, as far as the folder has them: one result each. */
  public static List<ParityResult> run(Path folder, Backend backend) throws IOException {
    try (ClipParity parity = new ClipParity(folder, backend)) {
      return parity.run();
    }
  }

  private List<ParityResult> run() throws IOException {
    Map<String, ParityCheck> checks = new LinkedHashMap<>();
    try (Scope scope = backend.scope()) {
      towers();
      scope.backend().synchronize();
      if (io.contains("in.attention_mask")) masked();
      if (io.contains("in.hires.pixel_values")) larger();
    }
    ParityCheck gradients = gradients();
    for (String tensor : io.names()) {
      if (!tensor.startsWith(OUT)) continue;
      String key = tensor.substring(OUT.length());
      String group = key.startsWith("masked.") ? "masked" : key.startsWith("hires.") ? "hires" : "forward";
      checks.computeIfAbsent(group, g -> new ParityCheck(name + "/" + g, noise)).forward(key, io.readFloats(tensor), computed.get(key));
    }
    if (gradients != null) checks.put("gradients", gradients);
    return checks.values().stream().map(ParityCheck::result).toList();
  }

  private void towers() throws IOException {
    Trace trace = (key, value) -> computed.put(key, value.toFloats());
    Tensor image = model.imageFeatures(pixels("in.pixel_values"), trace.under("vision."));
    Tensor text = model.textFeatures(ids(), null, trace.under("text."));
    Tensor imageUnit = L2Normalize.apply(image);
    Tensor textUnit = L2Normalize.apply(text);
    // Hugging Face's name, then OpenCLIP's.
    keep(image, "image_features_unnormalized", "image_features");
    keep(text, "text_features_unnormalized", "text_features");
    keep(imageUnit, "image_embeds", "image_features_normalized");
    keep(textUnit, "text_embeds", "text_features_normalized");
    keep(model.logitsPerImage(imageUnit, textUnit), "logits_per_image");
    keep(ContrastiveLoss.logits(textUnit, imageUnit, model.logitScale()), "logits_per_text");
    keep(model.logitScale().exp(), "logit_scale_exp");
  }

  private void masked() throws IOException {
    float[] mask = toFloats(io.readLongs("in.attention_mask"));
    Tensor text = model.textEmbeddings(ids(), backend.tensor(mask, io.info("in.attention_mask").shape()));
    Tensor logits = model.logitsPerImage(model.imageEmbeddings(pixels("in.pixel_values")), text);
    keep(text, "masked.text_embeds");
    keep(logits, "masked.logits_per_image");
    keep(Permute.apply(logits, 1, 0), "masked.logits_per_text");
  }

  private void larger() throws IOException {
    Tensor pixels = pixels("in.hires.pixel_values");
    int patch = model.config().vision().patchSize();
    Tensor positions = model.vision().positions((int) pixels.size(2) / patch, (int) pixels.size(3) / patch);
    keep(positions, "hires.interpolated_position_embedding", "hires.positional_embedding");
    Trace trace = (key, value) -> computed.put("hires.vision." + key, value.toFloats());
    Tensor image = model.imageFeatures(pixels, trace);
    keep(image, "hires.image_features_unnormalized", "hires.image_features");
    keep(L2Normalize.apply(image), "hires.image_embeds", "hires.image_features_normalized");
  }

  private ParityCheck gradients() throws IOException {
    try (Tape tape = Tape.record(backend)) {
      Tensor loss = model.loss(pixels("in.pixel_values"), ids(), null);
      keep(loss, "loss");
      tape.backward(loss);
    }
    Path file = folder.resolve("grads.safetensors");
    if (!Files.exists(file)) return null;
    Map<String, float[]> actual = new LinkedHashMap<>();
    Map<String, long[]> shapes = new LinkedHashMap<>();
    model.parameters().forEach((parameter, p) -> {
      actual.put(parameter, gradient(p));
      shapes.put(parameter, p.shape());
    });
    if (ClipConfig.isOpenClip(folder)) {
      Map<String, float[]> theirs = new LinkedHashMap<>();
      OpenClipLayout.convert(shapes, actual::get).forEach((parameter, tensor) -> theirs.put(parameter, tensor.values().get()));
      return compareGradients(file, theirs);
    }
    return compareGradients(file, actual);
  }

  private ParityCheck compareGradients(Path file, Map<String, float[]> actual) throws IOException {
    ParityCheck check = new ParityCheck(name + "/gradients", noise);
    try (WeightSource expected = SafetensorsFile.open(file)) {
      double largest = 0;
      for (String tensor : expected.names()) largest = Math.max(largest, ParityCheck.largest(expected.readFloats(tensor)));
      for (String tensor : expected.names()) check.gradient(tensor, expected.readFloats(tensor), actual.get(tensor), largest);
      TreeSet<String> extra = new TreeSet<>(actual.keySet());
      extra.removeAll(expected.names());
      extra.forEach(check::missing);
    }
    return check;
  }

  private static float[] gradient(Parameter parameter) {
    return parameter.grad() == null ? new float[(int) parameter.elements()] : parameter.grad().toFloats();
  }

  private void keep(Tensor value, String... keys) {
    float[] values = value.toFloats();
    for (String key : keys) computed.put(key, values);
  }

  private Tensor pixels(String tensor) throws IOException {
    return backend.tensor(io.readFloats(tensor), io.info(tensor).shape());
  }

  private Tensor ids() throws IOException {
    long[] ids = io.readLongs("in.input_ids");
    return backend.tensor(java.util.Arrays.stream(ids).mapToInt(Math::toIntExact).toArray(), io.info("in.input_ids").shape());
  }

  private static float[] toFloats(long[] values) {
    float[] out = new float[values.length];
    for (int i = 0; i < out.length; i++) out[i] = values[i];
    return out;
  }

  @Override
  public void close() throws IOException {
    model.close();
    io.close();
  }
}
