package io.llama3v.vision;

import io.llama3v.nn.Module;
import io.llama3v.ops.Cast;
import io.llama3v.ops.LinearMap;
import io.llama3v.ops.UnfoldPatches;
import io.llama3v.tensor.Init;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Tensor;

/**
 * Cuts images into patches and maps each to a vector: a convolution without bias whose kernel and stride are the patch. Pixels
 * [N, C, S1, S2] to [N, (S1/p)(S2/p), width], patches row-major; {@code weight} [width, C, p, p].
 */
public final class PatchEmbedding extends Module {
  private final Parameter weight;
  private final int patch;

  /** Declares {@code weight}; fresh values have the variance of a convolution's usual start, 1/(3 C p²). */
  public PatchEmbedding(int width, int channels, int patch) {
    double inputs = (double) channels * patch * patch;
    this.weight = parameter("weight", Init.normal(1 / Math.sqrt(3 * inputs)), width, channels, patch, patch);
    this.patch = patch;
  }

  /** Embeds the patches; see the class. */
  public Tensor forward(Tensor pixels) {
    if (pixels.rank() != 4 || pixels.size(1) != weight.size(1)) {
      throw new IllegalArgumentException("patch embedding: pixels have shape " + java.util.Arrays.toString(pixels.shape())
          + "; expected [images, " + weight.size(1) + ", height, width]");
    }
    Tensor x = Cast.apply(pixels, pixels.backend().computeType());
    return LinearMap.apply(UnfoldPatches.apply(x, patch), weight.reshape(weight.size(0), -1), null);
  }
}
