package io.llama3v.train.eval;

import io.llama3v.tensor.CounterRandom;
import java.util.Arrays;

/**
 * Percentile bootstrap (Efron 1979): the interval in which the mean of per-item scores falls when the items are drawn again with
 * replacement. The draws depend on the seed alone.
 */
public final class Bootstrap {

  /**
   * A mean and its interval.
   *
   * @param mean mean over the items themselves
   * @param low  lower end
   * @param high upper end
   */
  public record Interval(double mean, double low, double high) { }

  private Bootstrap() { }

  /** A 95 % interval from 1,000 resamples. */
  public static Interval mean(double[] scores, long seed) {
    return mean(scores, 0.95, 1_000, seed);
  }

  /**
   * Interval of the mean.
   *
   * @param scores     per-item scores, at least one
   * @param confidence share of resampled means inside the interval, between 0 and 1
   * @param resamples  number of resamples, at least one
   * @throws IllegalArgumentException on an empty sample or arguments outside their ranges
   */
  public static Interval mean(double[] scores, double confidence, int resamples, long seed) {
    if (scores.length == 0) {
      throw new IllegalArgumentException("no scores: an interval needs at least one item");
    }
    if (!(confidence > 0 && confidence < 1) || resamples < 1) {
      throw new IllegalArgumentException("confidence " + confidence + " and " + resamples
          + " resamples: expected a confidence between 0 and 1 and at least one resample");
    }
    double[] means = new double[resamples];
    CounterRandom random = new CounterRandom(seed, "bootstrap");
    long counter = 0;
    for (int r = 0; r < resamples; r++) {
      double sum = 0;
      for (int i = 0; i < scores.length; i++) {
        sum += scores[random.below(counter++, scores.length)];
      }
      means[r] = sum / scores.length;
    }
    Arrays.sort(means);
    double tail = (1 - confidence) / 2;
    return new Interval(Arrays.stream(scores).sum() / scores.length, quantile(means, tail), quantile(means, 1 - tail));
  }

  /**
   * Interval of the difference of two systems scored on the same items, resampled in pairs: the sighted model against the blind one.
   *
   * @throws IllegalArgumentException when the two differ in length
   */
  public static Interval difference(double[] scores, double[] baseline, double confidence, int resamples, long seed) {
    if (scores.length != baseline.length) {
      throw new IllegalArgumentException(scores.length + " scores against " + baseline.length
          + ": a paired difference needs both systems on the same items");
    }
    double[] differences = new double[scores.length];
    Arrays.setAll(differences, i -> scores[i] - baseline[i]);
    return mean(differences, confidence, resamples, seed);
  }

  /** The quantile of sorted values, linear between neighbours. */
  static double quantile(double[] sorted, double q) {
    double position = q * (sorted.length - 1);
    int below = (int) Math.floor(position);
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  }
}
