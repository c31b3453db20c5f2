package io.llama3v.vision;

import io.llama3v.backend.AttentionMask;
import io.llama3v.backend.Backend;
import io.llama3v.nn.LayerNorm;
import io.llama3v.nn.Module;
import io.llama3v.ops.Concat;
import io.llama3v.ops.InterleaveFeatures;
import io.llama3v.ops.Slice;
import io.llama3v.tensor.Init;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Shape;
import io.llama3v.tensor.Tensor;
import io.llama3v.vision.clip.ClipVisionTower;
import java.util.function.BiConsumer;

/**
 * The vision tower of Llama 3.2 Vision: every picture is up to {@code maxTiles} tiles; all patches of all its tiles attend to each
 * other through a stack of local blocks and one of gated global blocks. The result joins the final output with the inputs of chosen
 * local blocks. Parameter names are those of Hugging Face's MllamaVisionModel.
 */
public final class VisionTransformer extends Module {
  /** ε of the norms around the local stack, whatever {@code norm_eps} says. */
  private static final double OUTER_EPSILON = 1e-5;

  private final VisionConfig config;
  private final Parameter classEmbedding;
  private final PatchEmbedding patches;
  private final GatedPositionEmbedding positions;
  private final TilePositionEmbedding preTile;
  private final TilePositionEmbedding postTile;
  private final LayerNorm normPre;
  private final LayerNorm normPost;
  private final VisionStack local;
  private final VisionStack global;

  /** Declares the tower; it has no weights yet. */
  public VisionTransformer(VisionConfig config) {
    int width = config.hiddenSize();
    double deviation = 1 / Math.sqrt(width);
    this.config = config;
    this.classEmbedding = parameter("class_embedding", Init.normal(deviation), width);
    this.patches = child("patch_embedding", new PatchEmbedding(width, config.channels(), config.patchSize()));
    this.positions = child("gated_positional_embedding",
        new GatedPositionEmbedding(width, config.positions(), config.aspectRatios(), config.maxTiles(), deviation));
    this.preTile = child("pre_tile_positional_embedding", tileEmbedding(config));
    this.postTile = child("post_tile_positional_embedding", tileEmbedding(config));
    this.normPre = child("layernorm_pre", new LayerNorm(width, OUTER_EPSILON));
    this.normPost = child("layernorm_post", new LayerNorm(width, OUTER_EPSILON));
    this.local = child("transformer", new VisionStack(config.blocks(config.layers()), VisionBlock.Naming.MLLAMA, false));
    this.global = child("global_transformer", new VisionStack(config.blocks(config.globalLayers()), VisionBlock.Naming.MLLAMA, true));
  }

  private static TilePositionEmbedding tileEmbedding(VisionConfig config) {
    return new TilePositionEmbedding(config.hiddenSize(), config.aspectRatios(), config.maxTiles(), config.tileDeviation());
  }

  /** A tower that begins as a CLIP tower; see {@link ClipInitializer}. */
  public static VisionTransformer fromClip(ClipVisionTower clip, VisionConfig.Options options, Backend backend, long seed) {
    return ClipInitializer.grow(clip, options, backend, seed);
  }

  /** A copy of this tower for tiles of another size, with the position tables interpolated; see {@link ResizedPositions}. */
  public VisionTransformer resized(int tileSize, Interpolation kind) {
    return ResizedPositions.resize(this, tileSize, kind);
  }

  /** The configuration. */
  public VisionConfig config() {
    return config;
  }

  /** Chooses whether backward runs each block again instead of keeping its activations. */
  public void recompute(boolean chosen) {
    local.recompute(chosen);
    global.recompute(chosen);
  }

  /** As {@link #forward(Tensor, int[][], int[][], BiConsumer)} without a trace. */
  public Tensor forward(Tensor pixels, int[][] aspectRatioIds, int[][] tileCounts) {
    return forward(pixels, aspectRatioIds, tileCounts, null);
  }

  /**
   * Encodes pictures.
   *
   * @param pixels [B, n, T, C, S, S] with T = {@code maxTiles}; absent tiles are zeros
   * @param aspectRatioIds [B][n], 0 for an absent picture
   * @param tileCounts real tiles of each picture, [B][n]; 1 for an absent picture, whose first tile counts as real
   * @param trace sees the stages by name, or null; pictures are then one axis, [B·n, …]
   * @return [B, n, T, P, width · (1 + features)], padding patches dropped
   */
  public Tensor forward(Tensor pixels, int[][] aspectRatioIds, int[][] tileCounts, BiConsumer<String, Tensor> trace) {
    Trace see = Trace.of(trace);
    int rows = rows(pixels, aspectRatioIds, tileCounts);
    long pictures = pixels.size(0) * pixels.size(1);
    long tiles = config.maxTiles();
    try (Scope scope = pixels.backend().scope()) {
      Backend backend = pixels.backend();
      Tensor ids = backend.tensor(flat(aspectRatioIds, rows, config.aspectRatios().size(), 0, "aspect-ratio id"), pictures);
      int[] counts = flat(tileCounts, rows, config.maxTiles(), 1, "number of tiles");
      AttentionMask mask = mask(backend, counts);
      Tensor x = embed(pixels.reshape(pictures * tiles, pixels.size(3), pixels.size(4), pixels.size(5)), ids, see);
      VisionStack.Output encoded = local.forward(x, mask, config.featureLayers().stream().mapToInt(Integer::intValue).toArray(), see,
          i -> "local_layer." + i);
      Tensor y = global.forward(afterLocal(encoded.output(), ids, see), mask, see, i -> "global_layer." + i);
      Tensor[] features = new Tensor[encoded.features().length];
      for (int f = 0; f < features.length; f++) features[f] = withoutPadding(encoded.features()[f]);
      Tensor out = InterleaveFeatures.apply(withoutPadding(y), features)
          .reshape(pixels.size(0), pixels.size(1), tiles, config.positions(), config.outputDim());
      see.accept("output", out);
      return scope.keep(out);
    }
  }

  /** Pixels [N·T, C, S, S] to the input of the first block, [N, T·padded, width]. */
  private Tensor embed(Tensor pixels, Tensor ids, Trace trace) {
    Backend backend = pixels.backend();
    long pictures = ids.elements();
    long tiles = config.maxTiles();
    long width = config.hiddenSize();
    try (Scope scope = backend.scope()) {
      Tensor x = patches.forward(pixels);
      trace.accept("patch_embedding", x);
      x = preTile.forward(x.reshape(pictures, tiles, -1, width), ids);
      trace.accept("after_pre_tile", x);
      Tensor first = backend.zeros(pictures, tiles, 1, width).add(classEmbedding);
      x = positions.forward(Concat.apply(2, first, x), ids);
      trace.accept("after_position", x);
      x = normPre.forward(x);
      trace.accept("layernorm_pre", x);
      int padding = config.paddedPositions() - config.positions();
      if (padding > 0) x = Concat.pad(x, 2, 0, padding);
      return scope.keep(x.reshape(pictures, -1, width));
    }
  }

  private Tensor afterLocal(Tensor x, Tensor ids, Trace trace) {
    try (Scope scope = x.backend().scope()) {
      Tensor normed = normPost.forward(x);
      trace.accept("layernorm_post", normed);
      Tensor y = postTile.forward(normed.reshape(x.size(0), config.maxTiles(), -1, x.size(2)), ids);
      trace.accept("after_post_tile", y);
      return scope.keep(y.reshape(x.shape()));
    }
  }

  private Tensor withoutPadding(Tensor x) {
    Tensor tiles = x.reshape(x.size(0), config.maxTiles(), -1, x.size(2));
    return config.paddedPositions() == config.positions() ? tiles : Slice.apply(tiles, 2, 0, config.positions());
  }

  /** Tiles beyond a picture's count are padding, and so are patches beyond the real ones of every tile. */
  private AttentionMask mask(Backend backend, int[] counts) {
    int patchesPerTile = config.paddedPositions();
    int length = config.maxTiles() * patchesPerTile;
    float[] real = new float[Math.multiplyExact(counts.length, length)];
    boolean full = patchesPerTile == config.positions();
    for (int n = 0; n < counts.length; n++) {
      full &= counts[n] == config.maxTiles();
      for (int tile = 0; tile < counts[n]; tile++) {
        int from = n * length + tile * patchesPerTile;
        java.util.Arrays.fill(real, from, from + config.positions(), 1);
      }
    }
    if (full) return AttentionMask.NONE;
    if (!config.paddingVisible()) return new AttentionMask(false, backend.tensor(real, counts.length, length), null, null, null);
    for (int i = 0; i < real.length; i++) real[i] = 1 - real[i];
    return AttentionMask.padding(backend.tensor(real, counts.length, length));
  }

  private int rows(Tensor pixels, int[][] ids, int[][] counts) {
    long side = config.imageSize();
    boolean fits = pixels.rank() == 6 && pixels.size(2) == config.maxTiles() && pixels.size(3) == config.channels()
        && pixels.size(4) == side && pixels.size(5) == side && ids.length == pixels.size(0) && counts.length == ids.length;
    for (int b = 0; fits && b < ids.length; b++) fits = ids[b].length == pixels.size(1) && counts[b].length == ids[b].length;
    if (fits) return ids.length;
    throw new IllegalArgumentException("vision tower: pixels have shape " + Shape.text(pixels.shape()) + " with " + ids.length
        + " rows of aspect ratios and " + counts.length + " of tile counts; expected [B, n, " + config.maxTiles() + ", "
        + config.channels() + ", " + side + ", " + side + "] and B rows of n");
  }

  private static int[] flat(int[][] values, int rows, int most, int least, String what) {
    int columns = rows == 0 ? 0 : values[0].length;
    int[] out = new int[rows * columns];
    for (int i = 0; i < out.length; i++) {
      out[i] = values[i / columns][i % columns];
      if (out[i] < least || out[i] > most) {
        throw new IllegalArgumentException("vision tower: the " + what + " of picture " + i % columns + " in row " + i / columns + " is "
            + out[i] + "; expected " + least + " to " + most);
      }
    }
    return out;
  }
}
