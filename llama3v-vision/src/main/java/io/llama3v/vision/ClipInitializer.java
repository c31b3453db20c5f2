package io.llama3v.vision;

import io.llama3v.backend.Backend;
import io.llama3v.tensor.Parameter;
import io.llama3v.vision.clip.ClipVisionConfig;
import io.llama3v.vision.clip.ClipVisionTower;
import java.nio.FloatBuffer;
import java.util.Map;

/**
 * Grows a tiled tower out of a CLIP tower, as Llama 3.2 Vision was begun: blocks, norms, patch and class embeddings are copied; the
 * position table is resized to the tile and, stretched over the canvas of all tiles, begins the table of pictures; tile embeddings
 * and global blocks are fresh. All gates are 0, so that with CLIP's biases kept and padding invisible an image of one tile leaves
 * the local stack exactly as it leaves CLIP's.
 */
final class ClipInitializer {
  private static final String POSITIONS = "embeddings.position_embedding.weight";

  private ClipInitializer() {}

  static VisionTransformer grow(ClipVisionTower clip, VisionConfig.Options options, Backend backend, long seed) {
    if (clip.config().layerNormEps() != 1e-5) {
      throw new IllegalArgumentException("the norms around a tiled tower's blocks have an epsilon of 1e-5; this CLIP tower has "
          + clip.config().layerNormEps() + " and would not be the same");
    }
    VisionConfig config = VisionConfig.fromClip(clip.config(), options);
    VisionTransformer tower = new VisionTransformer(config);
    Map<String, Parameter> source = clip.parameters();
    Map<String, Parameter> target = tower.parameters();
    target.forEach((name, parameter) -> {
      String theirs = clipName(name);
      if (theirs != null) copy(source.get(theirs), parameter, backend);
    });
    positions(source.get(POSITIONS).toFloats(), clip.config(), config, options.interpolation(), target, backend);
    tower.initializeMissing(backend, seed);
    return tower;
  }

  private static void copy(Parameter from, Parameter to, Backend backend) {
    to.allocate(backend);
    if (from.backend() == backend) backend.kernels().copy(from, to);
    else backend.upload(FloatBuffer.wrap(from.toFloats()), to);
  }

  /** CLIP's name of a parameter of the tiled tower, or null if it has none. */
  private static String clipName(String name) {
    if (name.equals("class_embedding") || name.equals("patch_embedding.weight")) return "embeddings." + name;
    if (name.startsWith("layernorm_pre.")) return name.replace("layernorm_pre.", "pre_layrnorm.");
    if (name.startsWith("layernorm_post.")) return name.replace("layernorm_post.", "post_layernorm.");
    if (!name.startsWith("transformer.")) return null;
    return name.replace("transformer.", "encoder.").replace(".input_layernorm.", ".layer_norm1.")
        .replace(".post_attention_layernorm.", ".layer_norm2.").replace(".o_proj.", ".out_proj.");
  }

  private static void positions(float[] table, ClipVisionConfig clip, VisionConfig config, Interpolation kind,
      Map<String, Parameter> target, Backend backend) {
    int width = config.hiddenSize();
    int tiles = config.maxTiles();
    float[] local = PositionInterpolation.resizeTable(kind, table, clip.grid(), config.grid(), width);
    float[] grid = PositionInterpolation.globalFromLocal(local, config.grid(), tiles, tiles, width);
    TileTable layout = new TileTable(config.aspectRatios(), tiles, Math.multiplyExact((long) config.positions(), width));
    backend.upload(FloatBuffer.wrap(local), target.get("gated_positional_embedding.embedding").allocate(backend));
    backend.upload(FloatBuffer.wrap(layout.fromGrid(grid)),
        target.get("gated_positional_embedding.tile_embedding.weight").allocate(backend));
  }
}
