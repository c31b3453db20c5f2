package io.llama3v.vision;

import io.llama3v.nn.Module;
import io.llama3v.ops.GatherRows;
import io.llama3v.tensor.Init;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Tensor;
import io.llama3v.vision.image.AspectRatio;
import java.util.List;

/**
 * Tells tiles apart: {@code y = x + tanh(gate) · embedding[id][tile]}, the same for every patch of a tile. x and y [N, T, P, width];
 * {@code embedding.weight} [1 + ratios, T·width] as in {@link TileTable}; {@code gate} [1], fresh 0.
 */
public final class TilePositionEmbedding extends Module {
  private final Parameter gate;
  private final Parameter table;

  /** Declares the table, with fresh values of the given standard deviation. */
  public TilePositionEmbedding(int width, List<AspectRatio> ratios, int maxTiles, double deviation) {
    TileTable layout = new TileTable(ratios, maxTiles, width);
    this.gate = parameter("gate", Init.ZEROS, 1);
    this.table = parameter("embedding.weight", layout.normal(deviation), layout.rows(), layout.width());
  }

  /** Adds the embeddings of arrangements {@code ids} I32 [N]. */
  public Tensor forward(Tensor x, Tensor ids) {
    Tensor tiles = GatherRows.apply(table, ids).reshape(x.size(0), x.size(1), 1, x.size(3));
    return x.add(tiles.mul(gate.tanh()));
  }
}
