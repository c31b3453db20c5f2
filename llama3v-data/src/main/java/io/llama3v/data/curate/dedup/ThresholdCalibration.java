package io.llama3v.data.curate.dedup;

import io.llama3v.backend.Backend;
import io.llama3v.data.curate.ImageDescriptor;
import io.llama3v.image.CopyEdit;
import io.llama3v.image.RgbImage;
import io.llama3v.tensor.CounterRandom;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Chooses the threshold of a descriptor on copies that it makes itself. Each copy of a sample of pictures is compared with all
 * originals: its own original above the threshold is right, any other is wrong. Precision is the share that is right, recall the share
 * of copies whose own original is above.
 *
 * <p>A pool of N pictures has N/n times as many wrong candidates as a sample of n, and not every picture there has a copy; so
 * {@code precision(t) = r R(t) / (r R(t) + (N/n) W(t))} with recall R, wrong finds W of one search in the sample, and r copies that a
 * picture has in the pool on average; within the sample, N = n and r = 1. Pictures of the
 * sample that are copies of each other count as wrong: the threshold errs towards being too high.
 */
public final class ThresholdCalibration {
  /** Thresholds are tried in steps of this. */
  public static final double STEP = 0.0025;
  private static final int BINS = (int) (2 / STEP) + 1;
  /** Deviations from the mean of a normal distribution that 95 % lie within. */
  private static final double Z = 1.959964;

  private final long[] wrong = new long[BINS];
  private final Map<CopyEdit, long[]> right = new EnumMap<>(CopyEdit.class);
  private final int pictures;
  private long copies;

  /**
   * What was found.
   *
   * @param threshold the lowest with the wanted precision
   * @param precision there
   * @param least     lower end of its 95 % interval; see {@link #threshold(double, long, double)}
   * @param most      upper end
   * @param recall    of all copies
   * @param byEdit    recall by kind of copy
   * @param found     what all of this was counted from
   */
  public record Result(double threshold, double precision, double least, double most, double recall, Map<CopyEdit, Double> byEdit, Found found) {}

  /**
   * What was found at the threshold.
   *
   * @param right  copies whose own original is above it
   * @param copies of them all
   * @param wrong  pairs of a copy and another picture above it
   * @param pairs  of them all
   */
  public record Found(long right, long copies, long wrong, long pairs) {}

  private ThresholdCalibration(int pictures) {
    this.pictures = pictures;
  }

  /**
   * Makes one copy of each kind of each picture, describes them and compares.
   *
   * @param images at least 2; hundreds for a threshold to rely on
   */
  public static ThresholdCalibration measure(ImageDescriptor descriptor, List<RgbImage> images, List<CopyEdit> edits, long seed,
      Backend backend) {
    if (images.size() < 2 || edits.isEmpty()) {
      throw new IllegalArgumentException(images.size() + " pictures and " + edits.size() + " kinds of copies; expected at least 2 and 1");
    }
    ThresholdCalibration calibration = new ThresholdCalibration(images.size());
    float[] originals = describe(descriptor, images);
    CounterRandom random = new CounterRandom(seed, "copies for calibration");
    for (CopyEdit edit : edits) {
      List<RgbImage> copies = new ArrayList<>();
      for (int i = 0; i < images.size(); i++) {
        long at = ((long) edit.ordinal() * images.size() + i) * (CopyEdit.DRAWS + 1);
        int other = (i + 1 + random.below(at + CopyEdit.DRAWS, images.size() - 1)) % images.size();
        copies.add(edit.apply(images.get(i), images.get(other), random, at));
      }
      calibration.compare(edit, describe(descriptor, copies), originals, descriptor.dimension(), new DotProducts(backend));
    }
    return calibration;
  }

  private static float[] describe(ImageDescriptor descriptor, List<RgbImage> images) {
    float[] all = new float[images.size() * descriptor.dimension()];
    for (int from = 0; from < images.size(); from += 32) {
      float[][] vectors = descriptor.describe(images.subList(from, Math.min(images.size(), from + 32)));
      for (int i = 0; i < vectors.length; i++) System.arraycopy(vectors[i], 0, all, (from + i) * descriptor.dimension(), vectors[i].length);
    }
    return all;
  }

  /** Counts the finds of one kind of copies: row i of {@code made} is a copy of row i of {@code originals}. */
  private void compare(CopyEdit edit, float[] made, float[] originals, int d, DotProducts products) {
    long[] hits = right.computeIfAbsent(edit, e -> new long[BINS]);
    for (int from = 0; from < pictures; from += DotProducts.TILE) {
      int m = Math.min(DotProducts.TILE, pictures - from);
      float[] rows = java.util.Arrays.copyOfRange(made, from * d, (from + m) * d);
      float[] all = products.of(rows, m, originals, pictures, d);
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < pictures; j++) (j == from + i ? hits : wrong)[bin(all[i * pictures + j])]++;
      }
    }
    copies += pictures;
  }

  /** The highest threshold that a cosine reaches. */
  private static int bin(double cosine) {
    return Math.max(0, Math.min(BINS - 1, (int) Math.floor((cosine + 1) / STEP + 1e-4)));
  }

  /**
   * The threshold for a wanted precision in the sample itself: one original to be found for each copy.
   *
   * @throws IllegalStateException if no threshold has it
   */
  public Result threshold(double precision) {
    return threshold(precision, pictures, 1);
  }

  /**
   * The threshold for a wanted precision in a larger pool.
   *
   * <p>The 95 % interval is Wilson's, over the finds of the sample, where the pool is the sample itself. For a larger pool it is that of the
   * formula above, with recall at one end of its Wilson interval and wrong finds at the other end of that of their count (Poisson; E. Wilson,
   * M. Hilferty: The distribution of chi-square, 1931): no wrong pair in M still allows for 3.7 in M. Pairs that share a picture are taken
   * for independent.
   *
   * @param poolSize        pictures in the pool
   * @param copiesPerPicture how many others are copies of a picture there, on average
   * @throws IllegalStateException if no threshold has it
   */
  public Result threshold(double precision, long poolSize, double copiesPerPicture) {
    if (!(precision > 0 && precision <= 1)) throw new IllegalArgumentException("precision " + precision + "; expected more than 0, at most 1");
    long rightAbove = 0;
    long wrongAbove = 0;
    int best = -1;
    long[] found = new long[2];
    for (int b = BINS - 1; b >= 0; b--) {
      for (long[] hits : right.values()) rightAbove += hits[b];
      wrongAbove += wrong[b];
      if (rightAbove > 0 && precision(rightAbove, wrongAbove, poolSize, copiesPerPicture) >= precision) {
        best = b;
        found[0] = rightAbove;
        found[1] = wrongAbove;
      }
    }
    if (best < 0) {
      throw new IllegalStateException("no threshold has a precision of " + precision + " with " + pictures + " pictures: the descriptor does"
          + " not tell them apart; use a better one, or ask for less");
    }
    Map<CopyEdit, Double> byEdit = new EnumMap<>(CopyEdit.class);
    for (Map.Entry<CopyEdit, long[]> e : right.entrySet()) {
      long above = 0;
      for (int b = best; b < BINS; b++) above += e.getValue()[b];
      byEdit.put(e.getKey(), (double) above / pictures);
    }
    double[] ends = new double[2];
    for (int end = 0; end < 2; end++) {
      int sign = end == 0 ? -1 : 1;
      ends[end] = poolSize == pictures && copiesPerPicture == 1 ? wilson(found[0], found[0] + found[1], sign)
          : precision(wilson(found[0], copies, sign) * copies, poisson(found[1], -sign), poolSize, copiesPerPicture);
    }
    return new Result(best * STEP - 1, precision(found[0], found[1], poolSize, copiesPerPicture), ends[0], ends[1],
        (double) found[0] / copies, byEdit, new Found(found[0], copies, found[1], copies * (pictures - 1)));
  }

  private double precision(double right, double wrong, long poolSize, double copiesPerPicture) {
    double trueFinds = copiesPerPicture * right / copies;
    double falseFinds = (double) poolSize / pictures * wrong / copies;
    return trueFinds / (trueFinds + falseFinds);
  }

  /** An end of the 95 % interval of a share: the lower one for a sign of -1, the upper one for 1. */
  private static double wilson(long hits, long n, int sign) {
    double p = (double) hits / n;
    return Math.min(1, (p + Z * Z / (2 * n) + sign * Z * Math.sqrt(p * (1 - p) / n + Z * Z / (4.0 * n * n))) / (1 + Z * Z / n));
  }

  /** An end of the 95 % interval of what is expected where {@code count} was counted. */
  private static double poisson(long count, int sign) {
    if (count == 0) return sign < 0 ? 0 : -Math.log(0.025);
    double c = sign < 0 ? count : count + 1.0;
    return c * Math.pow(1 - 1 / (9 * c) + sign * Z / (3 * Math.sqrt(c)), 3);
  }
}
