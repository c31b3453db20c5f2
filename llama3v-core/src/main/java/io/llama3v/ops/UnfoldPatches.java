package io.llama3v.ops;

import io.llama3v.backend.Backend;
import io.llama3v.tensor.Shape;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;

/**
 * Cuts images into square patches: pixels [N, C, S1, S2] to [N, (S1/p)(S2/p), C·p·p], patches row-major, each laid out as a
 * convolution's weight, so that a convolution with stride = kernel = p is this followed by {@link LinearMap}.
 */
public final class UnfoldPatches {
  private UnfoldPatches() {}

  /**
   * Unfolds; see the class.
   *
   * @throws IllegalArgumentException if p does not divide height and width
   */
  public static Tensor apply(Tensor pixels, int patch) {
    Checks.shape("unfold patches", "pixels", pixels, -1, -1, -1, -1);
    long height = pixels.size(2);
    long width = pixels.size(3);
    if (patch < 1 || height % patch != 0 || width % patch != 0) {
      throw new IllegalArgumentException("unfold patches: patches of " + patch + " do not tile images of shape "
          + Shape.text(pixels.shape()));
    }
    Backend backend = pixels.backend();
    Tensor y = backend.empty(pixels.type(), pixels.size(0), (height / patch) * (width / patch), pixels.size(1) * patch * patch);
    backend.kernels().unfoldPatches(pixels, patch, y);
    return Tape.note("unfold patches", y, Checks.list(pixels), Checks.list(), dy -> {
      Tensor dx = backend.empty(pixels.type(), pixels.shape());
      backend.kernels().foldPatches(dy, patch, dx);
      pixels.addGrad(dx);
    });
  }
}
