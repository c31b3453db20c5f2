package io.llama3v.vision;

import io.llama3v.nn.Module;
import io.llama3v.ops.GatherRows;
import io.llama3v.tensor.Init;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Tensor;
import io.llama3v.vision.image.AspectRatio;
import java.util.List;

/**
 * Positions of patches, within their tile and within the whole picture:
 * {@code y = x + (1 − tanh(gate)) · embedding[patch] + tanh(gate) · tile_embedding[id][tile][patch]}. x and y [N, T, P, width];
 * {@code embedding} [P, width]; {@code tile_embedding.weight} [1 + ratios, T·P·width] as in {@link TileTable}; {@code gate} [1],
 * fresh 0: at first a patch knows its place in the tile only.
 */
public final class GatedPositionEmbedding extends Module {
  private final Parameter gate;
  private final Parameter local;
  private final Parameter global;

  /** Declares both tables, with fresh values of the given standard deviation. */
  public GatedPositionEmbedding(int width, int positions, List<AspectRatio> ratios, int maxTiles, double deviation) {
    TileTable layout = new TileTable(ratios, maxTiles, Math.multiplyExact((long) positions, width));
    this.gate = parameter("gate", Init.ZEROS, 1);
    this.local = parameter("embedding", Init.normal(deviation), positions, width);
    this.global = parameter("tile_embedding.weight", layout.normal(deviation), layout.rows(), layout.width());
  }

  /** Adds the positions of arrangements {@code ids} I32 [N]. */
  public Tensor forward(Tensor x, Tensor ids) {
    Tensor share = gate.tanh();
    Tensor rest = x.backend().full(1, 1).sub(share);
    Tensor inPicture = GatherRows.apply(global, ids).reshape(x.shape());
    return x.add(local.mul(rest)).add(inPicture.mul(share));
  }
}
