package io.llama3v.vision;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llama3v.backend.UnaryOp;
import io.llama3v.vision.clip.ClipVisionConfig;
import io.llama3v.vision.image.AspectRatio;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Shape of the tiled vision tower of Llama 3.2 Vision, under the names of Mllama's {@code vision_config}; the last three are this
 * library's own and absent from released files.
 *
 * @param hiddenSize width of the residual stream
 * @param intermediateSize inner width of the MLPs
 * @param layers number of local blocks
 * @param globalLayers number of gated blocks after them
 * @param heads attention heads ({@code attention_heads} in the file)
 * @param channels colour channels
 * @param imageSize side of a tile in pixels
 * @param patchSize side of a patch in pixels
 * @param maxTiles tiles of every image, absent ones included
 * @param aspectRatios arrangements of tiles; id i is entry i − 1, and id 0 an absent image
 * @param featureLayers local blocks whose inputs are features besides the final output
 * @param activation of the MLPs
 * @param normEps ε of the blocks' layer norms (those before and after the local stack always have 1e-5)
 * @param attentionBias whether attention projections have biases, as CLIP's have and Mllama's have not
 * @param paddingVisible whether real patches attend to padding. They do in released models: padded tiles and patches take part in
 *     every softmax. Without, an image of one tile is encoded exactly as by a CLIP tower, and no patches are added
 * @param tileDeviation standard deviation of fresh tile embeddings
 */
public record VisionConfig(int hiddenSize, int intermediateSize, int layers, int globalLayers, int heads, int channels, int imageSize,
    int patchSize, int maxTiles, List<AspectRatio> aspectRatios, List<Integer> featureLayers, UnaryOp activation, double normEps,
    boolean attentionBias, boolean paddingVisible, double tileDeviation) {
  /** Tables of positions grow with the square of this. */
  private static final int MOST_TILES = 1024;
  private static final int RELEASED_TILES = 4;
  private static final int[] RELEASED_FEATURES = {3, 7, 15, 23, 30};

  /** Checks that the sizes fit together. */
  public VisionConfig {
    aspectRatios = List.copyOf(aspectRatios);
    featureLayers = List.copyOf(featureLayers);
    new BlockShape(hiddenSize, heads, intermediateSize, activation, normEps, attentionBias, layers);
    require(channels > 0 && patchSize > 0 && imageSize >= patchSize && imageSize % patchSize == 0,
        "patches of " + patchSize + " do not cover tiles of " + imageSize);
    require(globalLayers >= 0, "num_global_layers " + globalLayers);
    require(maxTiles > 0 && maxTiles <= MOST_TILES, "max_num_tiles " + maxTiles + "; expected 1 to " + MOST_TILES);
    for (AspectRatio ratio : aspectRatios) {
      // Arrangements of more tiles than an image has are never chosen, but have rows in the tables of files that list them.
      require(ratio.tilesHigh() > 0 && ratio.tilesWide() > 0 && ratio.tilesHigh() <= MOST_TILES && ratio.tilesWide() <= MOST_TILES,
          "supported_aspect_ratios has " + ratio);
    }
    for (int layer : featureLayers) {
      require(layer >= 0 && layer <= layers, "intermediate_layers_indices has " + layer + "; expected 0 to " + layers);
    }
  }

  private static void require(boolean fits, String what) {
    if (!fits) throw new IllegalArgumentException("not a vision configuration: " + what);
  }

  /**
   * How a tiled tower grows out of a CLIP tower.
   *
   * @param tiles most tiles of an image
   * @param tileSize side of a tile in pixels
   * @param globalLayers number of fresh gated blocks
   * @param featureLayers blocks whose inputs are features; null for the released model's, in proportion to the depth
   * @param interpolation how CLIP's positions are resized to the tile
   * @param tileDeviation standard deviation of fresh tile embeddings; 0 for {@code 1/√width}
   * @param attentionBias whether CLIP's attention biases are kept
   * @param paddingVisible as {@link VisionConfig#paddingVisible}
   */
  public record Options(int tiles, int tileSize, int globalLayers, int[] featureLayers, Interpolation interpolation,
      double tileDeviation, boolean attentionBias, boolean paddingVisible) {
    /** Four tiles of 336, eight global layers, everything of CLIP's kept, so that one tile is encoded as CLIP encodes it. */
    public static Options defaults() {
      return new Options(4, 336, 8, null, Interpolation.META, 0, true, false);
    }

    /** What Hugging Face's model can express: no attention biases, padding visible. The tower then only approximates CLIP's. */
    public Options huggingFaceCompatible() {
      return new Options(tiles, tileSize, globalLayers, featureLayers, interpolation, tileDeviation, false, true);
    }

    /** The same with another number of tiles. */
    public Options withTiles(int most) {
      return new Options(most, tileSize, globalLayers, featureLayers, interpolation, tileDeviation, attentionBias, paddingVisible);
    }

    /** The same with tiles of another size. */
    public Options withTileSize(int pixels) {
      return new Options(tiles, pixels, globalLayers, featureLayers, interpolation, tileDeviation, attentionBias, paddingVisible);
    }

    /** The same with another number of global layers. */
    public Options withGlobalLayers(int count) {
      return new Options(tiles, tileSize, count, featureLayers, interpolation, tileDeviation, attentionBias, paddingVisible);
    }

    /** The same with other features. */
    public Options withFeatureLayers(int... layers) {
      return new Options(tiles, tileSize, globalLayers, layers, interpolation, tileDeviation, attentionBias, paddingVisible);
    }

    /** The same with another interpolation. */
    public Options withInterpolation(Interpolation kind) {
      return new Options(tiles, tileSize, globalLayers, featureLayers, kind, tileDeviation, attentionBias, paddingVisible);
    }

    /** The same with another standard deviation of fresh tile embeddings. */
    public Options withTileDeviation(double deviation) {
      return new Options(tiles, tileSize, globalLayers, featureLayers, interpolation, deviation, attentionBias, paddingVisible);
    }
  }

  /** The tower of Llama 3.2 11B: tiles of 448 pixels in the base model, of 560 in the instruction-tuned one. */
  public static VisionConfig llama32(int tileSize) {
    return fromJson(JsonNodeFactory.instance.objectNode()).withImageSize(tileSize);
  }

  /** The configuration of a tower that grows out of a CLIP tower. */
  public static VisionConfig fromClip(ClipVisionConfig clip, Options options) {
    int[] features = options.featureLayers != null ? options.featureLayers
        : Arrays.stream(RELEASED_FEATURES).map(layer -> layer * clip.layers() / 32).distinct().toArray();
    return new VisionConfig(clip.hiddenSize(), clip.intermediateSize(), clip.layers(), options.globalLayers, clip.heads(), clip.channels(),
        options.tileSize, clip.patchSize(), options.tiles, ratios(options.tiles), boxed(features), clip.activation(),
        clip.layerNormEps(), options.attentionBias, options.paddingVisible,
        options.tileDeviation > 0 ? options.tileDeviation : 1 / Math.sqrt(clip.hiddenSize()));
  }

  /** Reads Mllama's {@code vision_config}; absent keys take Hugging Face's defaults, which are those of the 11B model. */
  public static VisionConfig fromJson(JsonNode json) {
    return fromJson(json, "vision_config");
  }

  /** As {@link #fromJson(JsonNode)}; {@code where} begins every message. */
  public static VisionConfig fromJson(JsonNode json, String where) {
    boolean absent = json.isMissingNode() || json.isNull();
    ConfigReader c = new ConfigReader(absent ? JsonNodeFactory.instance.objectNode() : json, where);
    int width = c.size("hidden_size", 1280);
    int maxTiles = c.integer("max_num_tiles", 4, 1, MOST_TILES);
    VisionConfig config = new VisionConfig(width, c.size("intermediate_size", 5120), c.layers("num_hidden_layers", 32),
        c.layers("num_global_layers", 8), c.size("attention_heads", 16), c.size("num_channels", 3), c.size("image_size", 448),
        c.size("patch_size", 14), maxTiles, ratios(c), boxed(c.integers("intermediate_layers_indices", RELEASED_FEATURES)),
        c.activation("hidden_act", UnaryOp.GELU), c.number("norm_eps", 1e-5), c.flag("attention_bias", false),
        c.flag("padding_visible", true), c.number("tile_embedding_std", 1 / Math.sqrt(width)));
    if (c.size("vision_output_dim", config.outputDim()) != config.outputDim()) {
      throw c.wrong("vision_output_dim", config.outputDim() + " = " + width + " x (1 + " + config.featureLayers.size() + " features)");
    }
    return config;
  }

  private static List<AspectRatio> ratios(ConfigReader c) {
    JsonNode list = c.value("supported_aspect_ratios");
    // Hugging Face's default is the list of the released models, whatever max_num_tiles says.
    if (list == null) return ratios(RELEASED_TILES);
    if (!list.isArray() || list.isEmpty()) throw c.wrong("supported_aspect_ratios", "a list of [tiles high, tiles wide]");
    List<AspectRatio> out = new ArrayList<>();
    for (JsonNode pair : list) {
      int[] sizes = c.integers("supported_aspect_ratios", pair);
      if (sizes.length != 2) throw c.wrong("supported_aspect_ratios", "a list of [tiles high, tiles wide]");
      out.add(new AspectRatio(sizes[0], sizes[1]));
    }
    return out;
  }

  /** Every arrangement of at most {@code maxTiles} tiles, by height, then by width. */
  private static List<AspectRatio> ratios(int maxTiles) {
    List<AspectRatio> out = new ArrayList<>();
    for (int high = 1; high <= maxTiles; high++) {
      for (int wide = 1; wide * high <= maxTiles; wide++) out.add(new AspectRatio(high, wide));
    }
    return out;
  }

  private static List<Integer> boxed(int[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  /** The same with tiles of another size. */
  public VisionConfig withImageSize(int pixels) {
    return new VisionConfig(hiddenSize, intermediateSize, layers, globalLayers, heads, channels, pixels, patchSize, maxTiles, aspectRatios,
        featureLayers, activation, normEps, attentionBias, paddingVisible, tileDeviation);
  }

  /** Patches along each side of a tile. */
  public int grid() {
    return imageSize / patchSize;
  }

  /** Tokens of a tile, P: patches and the class token. */
  public int positions() {
    return Math.addExact(Math.multiplyExact(grid(), grid()), 1);
  }

  /** Tokens of a tile inside the tower: with visible padding, filled up to a multiple of 8. */
  public int paddedPositions() {
    return paddingVisible ? (positions() + 7) / 8 * 8 : positions();
  }

  /** Width of the result: the final output and the features. */
  public int outputDim() {
    return Math.multiplyExact(hiddenSize, 1 + featureLayers.size());
  }

  BlockShape blocks(int depth) {
    return new BlockShape(hiddenSize, heads, intermediateSize, activation, normEps, attentionBias, depth);
  }

  /** As Mllama's {@code vision_config}; this library's own keys appear only where they differ from a released model's. */
  public ObjectNode toJson() {
    ObjectNode j = JsonNodeFactory.instance.objectNode();
    j.put("model_type", "mllama_vision_model").put("hidden_size", hiddenSize).put("intermediate_size", intermediateSize);
    j.put("num_hidden_layers", layers).put("num_global_layers", globalLayers).put("attention_heads", heads);
    j.put("num_channels", channels).put("image_size", imageSize).put("patch_size", patchSize).put("max_num_tiles", maxTiles);
    j.put("hidden_act", ActivationNames.of(activation)).put("norm_eps", normEps).put("vision_output_dim", outputDim());
    ArrayNode features = j.putArray("intermediate_layers_indices");
    featureLayers.forEach(features::add);
    ArrayNode ratios = j.putArray("supported_aspect_ratios");
    for (AspectRatio ratio : aspectRatios) ratios.addArray().add(ratio.tilesHigh()).add(ratio.tilesWide());
    if (attentionBias) j.put("attention_bias", true);
    if (!paddingVisible) j.put("padding_visible", false);
    if (tileDeviation != 1 / Math.sqrt(hiddenSize)) j.put("tile_embedding_std", tileDeviation);
    return j;
  }
}
