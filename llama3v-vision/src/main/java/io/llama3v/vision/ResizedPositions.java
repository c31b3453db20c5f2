package io.llama3v.vision;

import io.llama3v.backend.Backend;
import io.llama3v.io.WeightSource;
import io.llama3v.nn.WeightLayout;
import io.llama3v.tensor.Parameter;
import io.llama3v.vision.image.AspectRatio;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.Set;

/**
 * Fits position tables to tiles of another size, as when training goes on at a higher resolution. The table of a tile is resized
 * within the tile; that of whole pictures on the canvas of each arrangement. Everything else stays as it is. As a
 * {@link WeightLayout} it loads a checkpoint in Hugging Face's names into a model with other tiles, whatever precedes the tower's
 * names.
 */
public final class ResizedPositions implements WeightLayout {
  private static final String LOCAL = "gated_positional_embedding.embedding";
  private static final String GLOBAL = "gated_positional_embedding.tile_embedding.weight";

  private final VisionConfig target;
  private final Interpolation kind;

  /**
   * Resizes towards a configuration.
   *
   * @param target the tower that the tables are for
   * @param kind how the table of a tile is resized; pictures always in Meta's way
   */
  public ResizedPositions(VisionConfig target, Interpolation kind) {
    this.target = target;
    this.kind = kind;
  }

  @Override
  public float[] read(WeightSource source, String name, long[] shape, Set<String> used) throws IOException {
    if (!source.contains(name)) return null;
    used.add(name);
    float[] values = source.readFloats(name);
    boolean table = name.endsWith(LOCAL) || name.endsWith(GLOBAL);
    return table ? resize(name, values) : values;
  }

  static VisionTransformer resize(VisionTransformer tower, int tileSize, Interpolation kind) {
    VisionTransformer out = new VisionTransformer(tower.config().withImageSize(tileSize));
    ResizedPositions resizing = new ResizedPositions(out.config(), kind);
    Map<String, Parameter> from = tower.parameters();
    out.parameters().forEach((name, to) -> {
      Parameter source = from.get(name);
      Backend backend = source.backend();
      to.allocate(backend).setTrainable(source.isTrainable());
      if (name.equals(LOCAL) || name.equals(GLOBAL)) backend.upload(FloatBuffer.wrap(resizing.resize(name, source.toFloats())), to);
      else backend.kernels().copy(source, to);
    });
    return out;
  }

  private float[] resize(String name, float[] table) {
    int width = target.hiddenSize();
    boolean local = name.endsWith(LOCAL);
    int slots = local ? 1 : (1 + target.aspectRatios().size()) * target.maxTiles();
    int positions = table.length / width / slots;
    int grid = (int) Math.round(Math.sqrt(positions - 1.0));
    if ((long) positions * slots * width != table.length || grid * grid + 1 != positions) {
      throw new IllegalArgumentException("'" + name + "' has " + table.length + " values, which are not " + slots + " square grids of width "
          + width + " with a class row each: the checkpoint has another width, other aspect ratios or another number of tiles");
    }
    if (grid == target.grid()) return table;
    return local ? PositionInterpolation.resizeTable(kind, table, grid, target.grid(), width) : resizePictures(table, grid, width);
  }

  private float[] resizePictures(float[] table, int grid, int width) {
    int tiles = target.maxTiles();
    int oldTile = (grid * grid + 1) * width;
    int newTile = target.positions() * width;
    float[] out = new float[Math.multiplyExact(table.length / oldTile, newTile)];
    for (int row = 0; row <= target.aspectRatios().size(); row++) {
      AspectRatio ratio = row == 0 || target.aspectRatios().get(row - 1).tiles() > tiles ? new AspectRatio(1, 1)
          : target.aspectRatios().get(row - 1);
      resizeCanvas(table, row * tiles, ratio, grid, oldTile, out, newTile, width);
      // Tiles outside the arrangement are never real, yet have values in some files: each is a canvas of its own.
      for (int tile = ratio.tiles(); tile < tiles; tile++) {
        resizeCanvas(table, row * tiles + tile, new AspectRatio(1, 1), grid, oldTile, out, newTile, width);
      }
    }
    return out;
  }

  private void resizeCanvas(float[] table, int slot, AspectRatio canvas, int grid, int oldTile, float[] out, int newTile, int width) {
    float[] part = java.util.Arrays.copyOfRange(table, slot * oldTile, (slot + canvas.tiles()) * oldTile);
    float[] resized = PositionInterpolation.resizeGlobal(part, canvas.tilesHigh(), canvas.tilesWide(), grid,
        canvas.tilesHigh(), canvas.tilesWide(), target.grid(), width);
    System.arraycopy(resized, 0, out, slot * newTile, resized.length);
  }
}
