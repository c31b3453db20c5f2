package io.llama3v.adapter;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llama3v.backend.Backend;
import io.llama3v.io.AtomicFiles;
import io.llama3v.io.Json;
import io.llama3v.io.ShardedWeights;
import io.llama3v.io.WeightSource;
import io.llama3v.llama.LlamaModel;
import io.llama3v.llama.TextBatch;
import io.llama3v.nn.Linear;
import io.llama3v.nn.Module;
import io.llama3v.nn.Weights;
import io.llama3v.tensor.Tensor;
import io.llama3v.text.Tokenizer;
import io.llama3v.text.TokenizerFiles;
import io.llama3v.vision.Interpolation;
import io.llama3v.vision.Trace;
import io.llama3v.vision.VisionTransformer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Llama 3-V: a vision transformer whose multi-layer features, projected to the language model's width, are attended to by gated
 * cross-attention layers between the blocks of a Llama. Parameter names are those of Hugging Face's
 * MllamaForConditionalGeneration. Make a new one with {@link #builder()}, or {@link #load} one.
 */
public final class VisionLanguageModel extends Module {
  private final MllamaConfig config;
  private final VisionTransformer vision;
  private final AdaptedLanguageModel language;
  private final Linear projector;
  private MaskRule maskRule = MaskRule.META;
  private Path origin;

  /** Declares a model from its configuration; it has no weights yet. */
  public VisionLanguageModel(MllamaConfig config) {
    this(config, new VisionTransformer(config.vision()), new AdaptedLanguageModel(config));
  }

  VisionLanguageModel(MllamaConfig config, VisionTransformer vision, AdaptedLanguageModel language) {
    this(config, vision, language, new Linear(config.vision().outputDim(), config.text().hiddenSize(), true,
        1 / Math.sqrt(config.vision().outputDim())));
  }

  private VisionLanguageModel(MllamaConfig config, VisionTransformer vision, AdaptedLanguageModel language, Linear projector) {
    this.config = config;
    this.vision = child("vision_model", vision);
    this.language = child("language_model", language);
    this.projector = child("multi_modal_projector", projector);
  }

  /** Starts a new model from a Llama, a vision tower, and fresh adapters. */
  public static VisionLanguageModelBuilder builder() {
    return new VisionLanguageModelBuilder();
  }

  /** Loads a Hugging Face folder: config.json, and one or several safetensors files. */
  public static VisionLanguageModel load(Backend backend, Path folder) throws IOException {
    VisionLanguageModel model = new VisionLanguageModel(
        MllamaConfig.fromJson(Json.read(folder.resolve("config.json"))));
    try (WeightSource source = ShardedWeights.open(folder)) {
      Weights.load(model, backend, source);
    } catch (IOException | RuntimeException | Error failed) {
      model.close();
      throw failed;
    }
    return model.setOrigin(folder);
  }

  /**
   * Writes config.json, generation_config.json and the weights as Hugging Face lays them out, and beside them the tokenizer of the folder
   * that the language model came from, where it has one.
   */
  public void save(Path folder) throws IOException {
    Files.createDirectories(folder);
    Weights.save(this, folder);
    AtomicFiles.writeString(folder.resolve("config.json"), config.toJson().toPrettyString() + "\n");
    ObjectNode generation = JsonNodeFactory.instance.objectNode().put("bos_token_id", config.text().bosToken());
    config.text().putEos(generation);
    AtomicFiles.writeString(folder.resolve("generation_config.json"), generation.put("pad_token_id", config.padToken()).toPrettyString() + "\n");
    if (origin != null) TokenizerFiles.copy(origin, folder);
  }

  /**
   * The same model for tiles of another size: language model, adapters and projector are shared, the vision tower is a copy with
   * resized position tables (Meta's interpolation), and the old tower is released.
   */
  public VisionLanguageModel withTileSize(int pixels) {
    VisionTransformer resized = vision.resized(pixels, Interpolation.META);
    vision.close();
    MllamaConfig c = new MllamaConfig(resized.config(), config.text(), config.crossLayers(), config.imageToken(), config.padToken());
    return new VisionLanguageModel(c, resized, language, projector).setMaskRule(maskRule).setOrigin(origin);
  }

  /** The folder that it, or the Llama in it, was loaded from, where its tokenizer is likely to be; empty if neither was loaded. */
  public Optional<Path> origin() {
    return Optional.ofNullable(origin);
  }

  VisionLanguageModel setOrigin(Path folder) {
    this.origin = folder;
    return this;
  }

  /**
   * The same model with the weights of another Llama of the same shape, such as the instruction-tuned one: vision tower, projector
   * and adapters stay as they are. The weights are read into this model's memory, which the result shares; its tokenizer is the other
   * Llama's, where the folder has one.
   *
   * @param folder of Hugging Face's layout
   * @throws IllegalArgumentException if the shapes differ; this model is then unchanged
   */
  public VisionLanguageModel withLanguageModel(Path folder) throws IOException {
    MllamaConfig c = new MllamaConfig(config.vision(), LanguageModelSwap.read(folder, config, language), config.crossLayers(),
        config.imageToken(), config.padToken());
    return new VisionLanguageModel(c, vision, language, projector).setMaskRule(maskRule).setOrigin(Tokenizer.isIn(folder) ? folder : origin);
  }

  /** The configuration. */
  public MllamaConfig config() {
    return config;
  }

  /** The vision tower. */
  public VisionTransformer vision() {
    return vision;
  }

  /** The language model with its adapters. */
  public AdaptedLanguageModel language() {
    return language;
  }

  /** The rule for tokens that see no image. */
  public MaskRule maskRule() {
    return maskRule;
  }

  /** Sets the rule for tokens that see no image; {@link MaskRule#META} unless changed. */
  public VisionLanguageModel setMaskRule(MaskRule rule) {
    this.maskRule = rule;
    return this;
  }

  /** Freezes the language model but for its adapters: what every vision stage of Llama 3 does. */
  public VisionLanguageModel freezeLanguageModel() {
    language.freeze();
    language.crossLayers().forEach(Module::unfreeze);
    return this;
  }

  /**
   * Image features in the language model's width: [B, n·T·P, hidden].
   *
   * @param trace sees the stages of the tower under {@code vision.}, and {@code projector}; may be null
   */
  public Tensor encode(ImageBatch images, BiConsumer<String, Tensor> trace) {
    Backend backend = language.head().backend();
    Tensor pixels = backend.tensor(images.pixels(), images.rows(), images.images(), images.tiles(), 3, images.size(), images.size());
    Tensor features = vision.forward(pixels, images.aspectRatioIds(), images.tileCounts(), under(trace, "vision."));
    Tensor projected = projector.forward(features);
    if (trace != null) trace.accept("projector", projected);
    return projected.reshape(images.rows(), -1, projected.size(-1));
  }

  private static BiConsumer<String, Tensor> under(BiConsumer<String, Tensor> trace, String prefix) {
    return trace == null ? null : Trace.of(trace).under(prefix);
  }

  /**
   * The final hidden states [B, L, hidden].
   *
   * @param images null for text only
   * @param trace sees what {@link #encode} shows, and the stages of the language model under {@code text.}; may be null
   */
  public Tensor hidden(TextBatch text, ImageBatch images, BiConsumer<String, Tensor> trace) {
    if (images == null) return language.hidden(text, null, null, null, under(trace, "text."));
    if (images.rows() != text.rows() || images.length() != text.length()) {
      throw new IllegalArgumentException("images of " + images.rows() + " rows with a mask over " + images.length()
          + " tokens, beside a text of " + text.rows() + " rows of " + text.length() + " tokens");
    }
    return hiddenWith(text, encode(images, trace), images.seen(), trace);
  }

  /**
   * The final hidden states [B, L, hidden], of images that have been encoded.
   *
   * @param features what {@link #encode} returned, [B, S, hidden]
   * @param seen [B, L, n·T]: 1 where a token of the text sees a tile
   */
  public Tensor hiddenWith(TextBatch text, Tensor features, float[] seen) {
    return hiddenWith(text, features, seen, null);
  }

  private Tensor hiddenWith(TextBatch text, Tensor features, float[] seen, BiConsumer<String, Tensor> trace) {
    CrossAttentionMask mask = mask(seen, text);
    return language.hidden(text, language.keysValues(features), mask, null, under(trace, "text."));
  }

  CrossAttentionMask mask(float[] seen, TextBatch text) {
    return CrossAttentionMask.of(language.head().backend(), seen, text.rows(), text.length(), maskRule);
  }

  /** Logits of every position: [B, L, vocab]. */
  public Tensor logits(TextBatch text, ImageBatch images) {
    return language.logits(hidden(text, images, null));
  }

  /** Next-token cross-entropy over labelled tokens, divided by {@code normalizer}. */
  public Tensor loss(TextBatch text, ImageBatch images, double normalizer) {
    return LlamaModel.nextTokenLoss(hidden(text, images, null), language.head(), text, normalizer);
  }
}
