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

  private final long[] wrong = new long[BINS];
  private final Map<CopyEdit, long[]> right = new EnumMap<>(CopyEdit.class);
  private final int pictures;
  private long copies;

  /**
   * What was found.
   *
   * @param threshold the lowest with the wanted precision
   * @param precision there
   * @param least     lower end of its 95 % interval (Wilson), over the candidates of the sample
   * @param recall    of all copies
   * @param byEdit    recall by kind of copy
   */
  public record Result(double threshold, double precision, double least, double recall, Map<CopyEdit, Double> byEdit) {}

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
    return new Result(best * STEP - 1, precision(found[0], found[1], poolSize, copiesPerPicture), wilson(found[0], found[0] + found[1]),
        (double) found[0] / copies, byEdit);
  }

  private double precision(long right, long wrong, long poolSize, double copiesPerPicture) {
    double trueFinds = copiesPerPicture * right / copies;
    double falseFinds = (double) poolSize / pictures * wrong / copies;
    return trueFinds / (trueFinds + falseFinds);
  }

  private static double wilson(long hits, long n) {
    double z = 1.96;
    double p = (double) hits / n;
    return (p + z * z / (2 * n) - z * Math.sqrt(p * (1 - p) / n + z * z / (4.0 * n * n))) / (1 + z * z / n);
  }
}
