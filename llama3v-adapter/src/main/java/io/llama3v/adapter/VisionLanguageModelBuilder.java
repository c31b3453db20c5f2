package io.llama3v.adapter;

import io.llama3v.backend.Backend;
import io.llama3v.llama.LlamaModel;
import io.llama3v.vision.VisionConfig;
import io.llama3v.vision.VisionTransformer;
import io.llama3v.vision.clip.ClipVisionTower;

/**
 * Puts a new vision-language model together: any Llama, any CLIP vision tower, fresh adapters with gates at 0, so that at first
 * it answers exactly as the Llama does. The Llama becomes part of the model: its weights are frozen, and closing the model closes it.
 * A CLIP tower is copied from; its CLIP model stays the caller's, to be closed as soon as this model is built.
 */
public final class VisionLanguageModelBuilder {
  private LlamaModel llama;
  private ClipVisionTower clip;
  private VisionTransformer tower;
  private VisionConfig.Options options = VisionConfig.Options.defaults();
  private int every = 4;
  private int imageToken = -1;
  private int padToken;
  private long seed = 1;

  VisionLanguageModelBuilder() {}

  /** The language model. */
  public VisionLanguageModelBuilder languageModel(LlamaModel model) {
    this.llama = model;
    return this;
  }

  /** A CLIP tower to grow into a tiled one with gated global layers. */
  public VisionLanguageModelBuilder visionEncoder(ClipVisionTower clipTower) {
    this.clip = clipTower;
    return this;
  }

  /** A tiled tower as it is. */
  public VisionLanguageModelBuilder visionEncoder(VisionTransformer tiledTower) {
    this.tower = tiledTower;
    return this;
  }

  /** Distance of cross-attention layers, counted in self-attention layers; 4 in Llama 3-V. */
  public VisionLanguageModelBuilder crossAttentionEvery(int selfLayers) {
    this.every = selfLayers;
    return this;
  }

  /** Largest number of tiles an image. */
  public VisionLanguageModelBuilder tiles(int tiles) {
    this.options = options.withTiles(tiles);
    return this;
  }

  /** Side of a tile in pixels. */
  public VisionLanguageModelBuilder tileSize(int pixels) {
    this.options = options.withTileSize(pixels);
    return this;
  }

  /** How the tower grows out of CLIP's: features, global layers, initial values. */
  public VisionLanguageModelBuilder visionOptions(VisionConfig.Options growth) {
    this.options = growth;
    return this;
  }

  /** Id of {@code <|image|>}; by default the first one after the vocabulary, as in Llama 3.2. */
  public VisionLanguageModelBuilder imageToken(int id) {
    this.imageToken = id;
    return this;
  }

  /** Id that pads sequences. */
  public VisionLanguageModelBuilder padToken(int id) {
    this.padToken = id;
    return this;
  }

  /** Seed of the fresh weights. */
  public VisionLanguageModelBuilder seed(long value) {
    this.seed = value;
    return this;
  }

  /**
   * Builds the model on the Llama's backend.
   *
   * @throws IllegalStateException if the Llama or the vision tower is missing
   */
  public VisionLanguageModel build() {
    if (llama == null || clip == null && tower == null) {
      throw new IllegalStateException("a vision-language model needs languageModel(…) and visionEncoder(…)");
    }
    Backend backend = llama.head().backend();
    VisionTransformer vision = tower != null ? tower : VisionTransformer.fromClip(clip, options, backend, seed);
    MllamaConfig config = MllamaConfig.of(vision.config(), llama.config(), every, imageToken, padToken);
    AdaptedLanguageModel language = new AdaptedLanguageModel(config, llama);
    VisionLanguageModel model = new VisionLanguageModel(config, vision, language);
    language.adoptTables(backend, seed);
    model.initializeMissing(backend, seed);
    return model.setOrigin(llama.origin().orElse(null)).freezeLanguageModel();
  }
}
