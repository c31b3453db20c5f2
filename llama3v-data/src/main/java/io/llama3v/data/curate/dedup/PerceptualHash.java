package io.llama3v.data.curate.dedup;

import io.llama3v.data.curate.ImageDescriptor;
import io.llama3v.image.Resize;
import io.llama3v.image.RgbImage;
import java.util.Arrays;
import java.util.List;

/**
 * Perceptual hashes of 64 bits, as a descriptor: bits become {@code +1/8} and {@code -1/8}, so that the cosine of two is
 * {@code 1 - h/32} for a Hamming distance of h. They find copies that were scaled, compressed or slightly recoloured; crops, flips and
 * large overlays need a trained descriptor.
 */
public enum PerceptualHash implements ImageDescriptor {
  /** Signs of differences between horizontal neighbours of a 9 by 8 thumbnail. */
  DIFFERENCE {
    @Override
    public long hash(RgbImage image) {
      double[] luma = luma(image, 9, 8);
      long bits = 0;
      for (int y = 0; y < 8; y++) {
        for (int x = 0; x < 8; x++) bits = bits << 1 | (luma[9 * y + x + 1] > luma[9 * y + x] ? 1 : 0);
      }
      return bits;
    }
  },
  /**
   * The 8 by 8 lowest frequencies of the discrete cosine transform of a 32 by 32 thumbnail, each compared with their median (the
   * constant one is left out of the median).
   */
  COSINE {
    @Override
    public long hash(RgbImage image) {
      double[] luma = luma(image, 32, 32);
      double[] low = new double[64];
      for (int v = 0; v < 8; v++) {
        for (int y = 0; y < 32; y++) {
          double column = StrictMath.cos(Math.PI * v * (2 * y + 1) / 64);
          for (int u = 0; u < 8; u++) low[8 * v + u] += column * rowSum(luma, y, u);
        }
      }
      double[] sorted = Arrays.copyOfRange(low, 1, 64);
      Arrays.sort(sorted);
      long bits = 0;
      for (double f : low) bits = bits << 1 | (f > sorted[31] ? 1 : 0);
      return bits;
    }
  };

  private static final double[] COSINES = new double[8 * 32];

  static {
    for (int u = 0; u < 8; u++) for (int x = 0; x < 32; x++) COSINES[32 * u + x] = StrictMath.cos(Math.PI * u * (2 * x + 1) / 64);
  }

  private static double rowSum(double[] luma, int y, int u) {
    double sum = 0;
    for (int x = 0; x < 32; x++) sum += luma[32 * y + x] * COSINES[32 * u + x];
    return sum;
  }

  /** The hash of a picture; the first bit of the description is the highest. */
  public abstract long hash(RgbImage image);

  /** Luma of ITU-R BT.601 of a thumbnail. */
  private static double[] luma(RgbImage image, int width, int height) {
    byte[] rgb = Resize.resize(image, width, height, Resize.Filter.BILINEAR).rgb();
    double[] luma = new double[width * height];
    for (int i = 0; i < luma.length; i++) {
      luma[i] = 0.299 * (rgb[3 * i] & 255) + 0.587 * (rgb[3 * i + 1] & 255) + 0.114 * (rgb[3 * i + 2] & 255);
    }
    return luma;
  }

  @Override
  public String fingerprint() {
    return "perceptual-hash " + name().toLowerCase(java.util.Locale.ROOT) + " 1";
  }

  @Override
  public int dimension() {
    return 64;
  }

  @Override
  public float[][] describe(List<RgbImage> images) {
    return images.stream().map(image -> {
      long bits = hash(image);
      float[] vector = new float[64];
      for (int i = 0; i < 64; i++) vector[i] = (bits >>> 63 - i & 1) == 1 ? 0.125f : -0.125f;
      return vector;
    }).toArray(float[][]::new);
  }

  @Override
  public void close() {}
}
