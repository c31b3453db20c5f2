package io.llama3v.vision.image;

import java.util.Arrays;

/**
 * The value that each 8-bit sample becomes: {@code (v * rescaleFactor - mean[c]) / std[c]}.
 *
 * <p>The product is taken in double and rounded to float, the difference and quotient are float: this order gives the very bits of
 * the NumPy reference. There are only 256 inputs a channel, so the results are tabulated.
 */
final class PixelScale {
  private final float[][] table = new float[3][256];

  /**
   * @param rescaleFactor factor of the raw sample, 1/255 as a rule; 1 leaves it
   * @param mean          one mean a channel; null with std null for no normalisation
   */
  PixelScale(double rescaleFactor, double[] mean, double[] std) {
    if ((mean == null) != (std == null) || mean != null && (mean.length != 3 || std.length != 3)) {
      throw new IllegalArgumentException("expected three means and three standard deviations, got "
          + Arrays.toString(mean) + " and " + Arrays.toString(std));
    }
    for (int c = 0; c < 3; c++) {
      for (int v = 0; v < 256; v++) {
        float value = (float) (v * rescaleFactor);
        table[c][v] = mean == null ? value : (value - (float) mean[c]) / (float) std[c];
      }
      if (!Float.isFinite(table[c][0]) || !Float.isFinite(table[c][255])) {
        throw new IllegalArgumentException("channel " + c + " has no finite value: rescale factor " + rescaleFactor
            + ", mean " + Arrays.toString(mean) + ", std " + Arrays.toString(std));
      }
    }
  }

  /** Values of a channel by sample, to be read only. */
  float[] channel(int c) {
    return table[c];
  }
}
