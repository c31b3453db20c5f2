package io.llama3v.image;

import java.util.Arrays;
import java.util.Objects;

/**
 * Resampling of 8-bit images, bit for bit as Pillow does it.
 *
 * <p>Separable convolution, first along rows, then along columns, with an 8-bit image in between. For each output coordinate the
 * kernel is centred at {@code (i + 0.5) * scale}, {@code scale = in / out}, and widened by {@code max(scale, 1)}, which is what
 * prevents aliasing on shrinking; weights falling outside the image are dropped and the rest renormalised. Weights are quantised
 * to 22 fractional bits (32 bits less 8 of the pixel and 2 of head room for negative lobes), sums are rounded to nearest and
 * clipped to 0..255. An axis whose size does not change is not resampled. Pictures more than 100 times as tall as wide
 * that get shorter go through the passes in the other order. Source: the algorithm of Pillow's Resample.c and Image.resize.
 */
public final class Resize {
  private static final int FRACTION_BITS = 22;
  private static final int HALF = 1 << (FRACTION_BITS - 1);

  private Resize() {
  }

  /** A resampling kernel. */
  public enum Filter {
    /** Triangle of support 1. */
    BILINEAR(1) {
      @Override
      double at(double x) {
        return Math.max(1 - Math.abs(x), 0);
      }
    },
    /** Cubic convolution of support 2 with a = -0.5. */
    BICUBIC(2) {
      @Override
      double at(double x) {
        double d = Math.abs(x);
        if (d < 1) {
          return (1.5 * d - 2.5) * d * d + 1;
        }
        return d < 2 ? (((d - 5) * d + 8) * d - 4) * -0.5 : 0;
      }
    };

    private final double support;

    Filter(double support) {
      this.support = support;
    }

    abstract double at(double x);
  }

  /**
   * Resizes an image.
   *
   * @return the image itself if its size is already the wanted one
   * @throws IllegalArgumentException if a wanted side is not positive or the result would exceed 2 GiB
   */
  public static RgbImage resize(RgbImage image, int width, int height, Filter filter) {
    Objects.requireNonNull(filter, "filter");
    if (width < 1 || height < 1 || 3L * width * Math.max(height, image.height()) > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException("cannot resize " + image + " to " + width + "x" + height);
    }
    if (image.height() > 100L * image.width() && height < image.height()) {
      return alongRows(alongColumns(image, height, filter), width, filter);
    }
    return alongColumns(alongRows(image, width, filter), height, filter);
  }

  private static RgbImage alongRows(RgbImage image, int width, Filter filter) {
    if (width == image.width()) {
      return image;
    }
    Weights weights = new Weights(image.width(), width, filter);
    byte[] in = image.rgb();
    byte[] out = new byte[width * image.height() * 3];
    int to = 0;
    for (int y = 0; y < image.height(); y++) {
      int row = y * image.width() * 3;
      for (int x = 0; x < width; x++) {
        int from = row + weights.first[x] * 3;
        int k = x * weights.stride;
        int end = k + weights.count[x];
        int red = HALF;
        int green = HALF;
        int blue = HALF;
        for (; k < end; k++, from += 3) {
          int weight = weights.values[k];
          red += (in[from] & 255) * weight;
          green += (in[from + 1] & 255) * weight;
          blue += (in[from + 2] & 255) * weight;
        }
        out[to] = clip(red);
        out[to + 1] = clip(green);
        out[to + 2] = clip(blue);
        to += 3;
      }
    }
    return new RgbImage(width, image.height(), out);
  }

  /** Sums whole rows, so that the inner loop runs over contiguous memory. */
  private static RgbImage alongColumns(RgbImage image, int height, Filter filter) {
    if (height == image.height()) {
      return image;
    }
    Weights weights = new Weights(image.height(), height, filter);
    int row = image.width() * 3;
    byte[] in = image.rgb();
    byte[] out = new byte[row * height];
    int[] sums = new int[row];
    for (int y = 0; y < height; y++) {
      Arrays.fill(sums, HALF);
      for (int tap = 0; tap < weights.count[y]; tap++) {
        addRow(sums, in, (weights.first[y] + tap) * row, weights.values[y * weights.stride + tap]);
      }
      int to = y * row;
      for (int i = 0; i < row; i++) {
        out[to + i] = clip(sums[i]);
      }
    }
    return new RgbImage(image.width(), height, out);
  }

  private static void addRow(int[] sums, byte[] in, int from, int weight) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += (in[from + i] & 255) * weight;
    }
  }

  private static byte clip(int sum) {
    int value = sum >> FRACTION_BITS;
    return (byte) (value < 0 ? 0 : Math.min(value, 255));
  }

  /** Taps of one axis: for output i, {@code count[i]} weights from input {@code first[i]} on. */
  private static final class Weights {
    final int stride;
    final int[] first;
    final int[] count;
    final int[] values;

    Weights(int in, int out, Filter filter) {
      double scale = (double) in / out;
      double stretch = Math.max(scale, 1);
      double support = filter.support * stretch;
      // dividing by the stretch in place of this would round differently from the reference
      double shrink = 1 / stretch;
      stride = Math.min((int) Math.ceil(support) * 2 + 1, in);
      first = new int[out];
      count = new int[out];
      values = new int[Math.multiplyExact(out, stride)];
      double[] taps = new double[stride];
      for (int i = 0; i < out; i++) {
        double centre = (i + 0.5) * scale;
        first[i] = Math.max((int) (centre - support + 0.5), 0);
        count[i] = Math.min((int) (centre + support + 0.5), in) - first[i];
        double total = 0;
        for (int k = 0; k < count[i]; k++) {
          taps[k] = filter.at((k + first[i] - centre + 0.5) * shrink);
          total += taps[k];
        }
        for (int k = 0; k < count[i]; k++) {
          double weight = (total == 0 ? taps[k] : taps[k] / total) * (1 << FRACTION_BITS);
          values[i * stride + k] = (int) (weight < 0 ? weight - 0.5 : weight + 0.5);
        }
      }
    }
  }
}
