package io.llama3v.vision.clip;

import io.llama3v.backend.Backend;
import io.llama3v.nn.Module;
import io.llama3v.ops.Concat;
import io.llama3v.ops.MatMul;
import io.llama3v.ops.Slice;
import io.llama3v.tensor.Init;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Tensor;
import io.llama3v.vision.PatchEmbedding;
import io.llama3v.vision.PositionInterpolation;

/** Patches with a class token before them and positions added. Pixels [B, C, S1, S2] to [B, 1 + (S1/p)(S2/p), width]. */
final class ClipVisionEmbeddings extends Module {
  private final ClipVisionConfig config;
  private final Parameter classEmbedding;
  private final PatchEmbedding patches;
  private final Parameter positions;

  ClipVisionEmbeddings(ClipVisionConfig config) {
    double deviation = 1 / Math.sqrt(config.hiddenSize());
    this.config = config;
    this.classEmbedding = parameter("class_embedding", Init.normal(deviation), config.hiddenSize());
    this.patches = child("patch_embedding", new PatchEmbedding(config.hiddenSize(), config.channels(), config.patchSize()));
    this.positions = parameter("position_embedding.weight", Init.normal(deviation), config.positions(), config.hiddenSize());
  }

  Tensor forward(Tensor pixels) {
    Tensor x = patches.forward(pixels);
    Tensor first = pixels.backend().zeros(x.size(0), 1, x.size(2)).add(classEmbedding);
    long rows = pixels.size(2) / config.patchSize();
    long columns = pixels.size(3) / config.patchSize();
    return Concat.apply(1, first, x).add(positions(Math.toIntExact(rows), Math.toIntExact(columns)));
  }

  /**
   * The position table for a grid of another size: [1 + rows·columns, width]. The class row stays; the rest is one constant matrix
   * times the table, so that gradients reach it.
   */
  Tensor positions(int rows, int columns) {
    int grid = config.grid();
    if (rows == grid && columns == grid) return positions;
    Backend backend = positions.backend();
    double[] down = PositionInterpolation.axisWeights(config.interpolation(), grid, rows);
    double[] across = PositionInterpolation.axisWeights(config.interpolation(), grid, columns);
    int old = grid * grid;
    float[] matrix = new float[Math.multiplyExact(Math.multiplyExact(rows, columns), old)];
    for (int to = 0; to < rows * columns; to++) {
      for (int from = 0; from < old; from++) {
        matrix[to * old + from] = (float) (down[to / columns * grid + from / grid] * across[to % columns * grid + from % grid]);
      }
    }
    Tensor map = backend.tensor(matrix, (long) rows * columns, old);
    Tensor resized = MatMul.apply(map, false, Slice.apply(positions, 0, 1, 1L + old), false);
    return Concat.apply(0, Slice.apply(positions, 0, 0, 1), resized);
  }
}
