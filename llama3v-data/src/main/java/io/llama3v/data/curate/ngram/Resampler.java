package io.llama3v.data.curate.ngram;

import io.llama3v.tensor.CounterRandom;

/**
 * Decides which texts stay. Each entry found in a text draws it independently with probability {@code p_i = min(1, (T/f_i)^a)}; the
 * text stays if any draws it, so with probability {@code P = 1 - prod(1 - p_i)}, and certainly if any entry is rarer than T. One draw
 * against P stands for all of them; it is a hash of seed and key, so that neither the order of texts nor threads nor the engine
 * matter. Immutable and safe for use by several threads.
 */
public final class Resampler {
  private final double[] logMiss;
  private final double threshold;
  private final ResamplingLaw law;
  private final double unmatched;

  /**
   * A resampler.
   *
   * @param counts    in how many texts of the whole data each entry stands
   * @param threshold T, more than 0
   * @param unmatched the probability with which a text without any entry stays; MetaCLIP drops them: 0
   */
  public Resampler(EntryCounts counts, double threshold, ResamplingLaw law, double unmatched) {
    if (!(threshold > 0) || Double.isInfinite(threshold)) throw new IllegalArgumentException("threshold of " + threshold + "; expected more than 0");
    if (!(unmatched >= 0 && unmatched <= 1)) throw new IllegalArgumentException("probability " + unmatched + " of texts without entries; expected 0 to 1");
    this.threshold = threshold;
    this.law = law;
    this.unmatched = unmatched;
    logMiss = new double[counts.entries()];
    for (int i = 0; i < logMiss.length; i++) {
      double p = law.probability(threshold, counts.count(i));
      // StrictMath: the same bits on every machine of a cluster.
      logMiss[i] = p >= 1 ? Double.NEGATIVE_INFINITY : StrictMath.log1p(-p);
    }
  }

  /** The probability with which a text stays; the first {@code n} elements of {@code hits} are the entries found in it. */
  public double keepProbability(int[] hits, int n) {
    if (n == 0) return unmatched;
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += logMiss[hits[i]];
      if (sum == Double.NEGATIVE_INFINITY) return 1;
    }
    return -StrictMath.expm1(sum);
  }

  /** Whether a text stays. */
  public boolean keeps(int[] hits, int n, long seed, String key) {
    double p = keepProbability(hits, n);
    return p >= 1 || p > 0 && draw(seed, key) < p;
  }

  /** The draw of a sample: uniform over [0, 1), a hash of seed and key alone. */
  public static double draw(long seed, String key) {
    return new CounterRandom(seed, key).uniform(0);
  }

  /** T. */
  public double threshold() {
    return threshold;
  }

  /** The law. */
  public ResamplingLaw law() {
    return law;
  }
}
