package io.llama3v.vision.clip;

import io.llama3v.backend.Backend;
import io.llama3v.io.AtomicFiles;
import io.llama3v.io.Json;
import io.llama3v.io.ShardedWeights;
import io.llama3v.io.WeightSource;
import io.llama3v.nn.Linear;
import io.llama3v.nn.Module;
import io.llama3v.nn.Weights;
import io.llama3v.ops.ContrastiveLoss;
import io.llama3v.ops.L2Normalize;
import io.llama3v.tensor.Init;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Tensor;
import io.llama3v.vision.Trace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Contrastive language–image model (Radford et al. 2021): two towers, a projection of each into a common space without biases, and
 * a learned temperature {@code logit_scale} (a logarithm). Parameter names are those of Hugging Face's CLIPModel.
 */
public final class ClipModel extends Module {
  /** Largest {@code logit_scale} that training should allow: logits of at most 100. */
  public static final double MAX_LOGIT_SCALE = Math.log(100);

  private final ClipConfig config;
  private final Parameter logitScale;
  private final TextTransformer text;
  private final ClipVisionTower vision;
  private final Linear visualProjection;
  private final Linear textProjection;
  private Path origin;

  /** Declares the model; it has no weights yet. */
  public ClipModel(ClipConfig config) {
    int visionWidth = config.vision().hiddenSize();
    int textWidth = config.text().hiddenSize();
    this.config = config;
    this.logitScale = parameter("logit_scale", Init.constant(config.logitScaleInit()));
    this.text = child("text_model", new TextTransformer(config.text()));
    this.vision = child("vision_model", new ClipVisionTower(config.vision()));
    this.visualProjection = child("visual_projection", new Linear(visionWidth, config.projectionDim(), false, 1 / Math.sqrt(visionWidth)));
    this.textProjection = child("text_projection", new Linear(textWidth, config.projectionDim(), false, 1 / Math.sqrt(textWidth)));
  }

  /** Loads a folder in Hugging Face's layout (config.json) or in OpenCLIP's (open_clip_config.json). */
  public static ClipModel load(Backend backend, Path folder) throws IOException {
    ClipModel model = new ClipModel(ClipConfig.read(folder));
    boolean openClip = ClipConfig.isOpenClip(folder);
    try (WeightSource source = ShardedWeights.open(openClip ? folder.resolve(OpenClipLayout.WEIGHTS_FILE) : folder)) {
      if (openClip) Weights.load(model, backend, source, new OpenClipLayout());
      else Weights.load(model, backend, source);
    } catch (IOException | RuntimeException failed) {
      model.close();
      throw failed;
    }
    model.origin = folder;
    return model;
  }

  /** Writes Hugging Face's layout: config.json and model.safetensors. */
  public void save(Path folder) throws IOException {
    Files.createDirectories(folder);
    Weights.save(this, folder);
    AtomicFiles.writeString(folder.resolve(ClipConfig.HUGGING_FACE_FILE), Json.writePretty(config.toJson()));
  }

  /** The folder it was loaded from, where its tokenizer is likely to be; empty for a new model. */
  public Optional<Path> origin() {
    return Optional.ofNullable(origin);
  }

  /** The configuration. */
  public ClipConfig config() {
    return config;
  }

  /** The image tower. */
  public ClipVisionTower vision() {
    return vision;
  }

  /** The text tower. */
  public TextTransformer text() {
    return text;
  }

  /** Logarithm of the inverse temperature, a scalar. Clamp it to [0, {@link #MAX_LOGIT_SCALE}] after each step. */
  public Parameter logitScale() {
    return logitScale;
  }

  /** Projected images, not normalised: pixels [B, C, S1, S2] to [B, E]. */
  public Tensor imageFeatures(Tensor pixels) {
    return imageFeatures(pixels, Trace.NONE);
  }

  /** As {@link #imageFeatures(Tensor)}, with a trace of the tower. */
  public Tensor imageFeatures(Tensor pixels, Trace trace) {
    try (Scope scope = pixels.backend().scope()) {
      return scope.keep(visualProjection.forward(vision.forward(pixels, trace).pooled()));
    }
  }

  /** Projected texts, not normalised: ids I32 [B, T], attentionMask F32 [B, T] or null, to [B, E]. */
  public Tensor textFeatures(Tensor ids, Tensor attentionMask) {
    return textFeatures(ids, attentionMask, Trace.NONE);
  }

  /** As {@link #textFeatures(Tensor, Tensor)}, with a trace of the tower. */
  public Tensor textFeatures(Tensor ids, Tensor attentionMask, Trace trace) {
    try (Scope scope = logitScale.backend().scope()) {
      return scope.keep(textProjection.forward(text.forward(ids, attentionMask, trace).pooled()));
    }
  }

  /** Images as unit vectors [B, E]. */
  public Tensor imageEmbeddings(Tensor pixels) {
    return L2Normalize.apply(imageFeatures(pixels));
  }

  /** Texts as unit vectors [B, E]. */
  public Tensor textEmbeddings(Tensor ids, Tensor attentionMask) {
    return L2Normalize.apply(textFeatures(ids, attentionMask));
  }

  /** {@code e^{logit_scale} · images · textsᵀ}, for unit vectors: [images, texts]. */
  public Tensor logitsPerImage(Tensor imageEmbeddings, Tensor textEmbeddings) {
    return ContrastiveLoss.logits(imageEmbeddings, textEmbeddings, logitScale);
  }

  /** The contrastive loss of matching pairs: pixels [B, C, S1, S2], ids I32 [B, T], attentionMask [B, T] or null; a scalar. */
  public Tensor loss(Tensor pixels, Tensor ids, Tensor attentionMask) {
    return ContrastiveLoss.apply(imageEmbeddings(pixels), textEmbeddings(ids, attentionMask), logitScale);
  }

  /** Chooses whether backward runs each block again instead of keeping its activations. */
  public void recompute(boolean chosen) {
    vision.recompute(chosen);
    text.recompute(chosen);
  }
}
