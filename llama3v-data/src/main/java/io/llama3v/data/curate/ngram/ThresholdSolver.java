package io.llama3v.data.curate.ngram;

import java.util.List;
import java.util.Locale;

/**
 * The expected size of a resampled set, in closed form, and the threshold T that gives a wanted one. The expected size is the sum of
 * the texts' probabilities to stay; it never falls as T rises, so that T is found by bisection.
 */
public final class ThresholdSolver {
  private static final int STEPS = 80;
  private final EntryCounts counts;
  private final HitSample sample;
  private final List<int[]> hits;
  private final ResamplingLaw law;
  private final double unmatched;

  /**
   * A threshold and what it gives.
   *
   * @param threshold     T
   * @param expectedSize  texts that stay on average
   * @param drawError     standard deviation of the size over seeds: {@code sqrt(sum P(1 - P))}
   * @param samplingError standard error of {@code expectedSize} because a sample of the texts was looked at; 0 if all were
   */
  public record Solution(double threshold, double expectedSize, double drawError, double samplingError) {}

  /** See {@link Resampler} for the parameters. */
  public ThresholdSolver(EntryCounts counts, HitSample sample, ResamplingLaw law, double unmatched) {
    if (sample.size() == 0) throw new IllegalArgumentException("no texts to solve for");
    this.counts = counts;
    this.sample = sample;
    this.hits = sample.hits();
    this.law = law;
    this.unmatched = unmatched;
  }

  /** The expected size for a threshold. */
  public Solution at(double threshold) {
    Resampler resampler = new Resampler(counts, threshold, law, unmatched);
    double sum = 0;
    double squares = 0;
    for (int[] h : hits) {
      double p = resampler.keepProbability(h, h.length);
      sum += p;
      squares += p * p;
    }
    double n = hits.size();
    double scale = sample.texts() / n;
    double variance = n > 1 ? Math.max(0, (squares - sum * sum / n) / (n - 1)) : 0;
    double error = scale == 1 ? 0 : sample.texts() * Math.sqrt(variance / n * (1 - 1 / scale));
    return new Solution(threshold, scale * sum, Math.sqrt(Math.max(0, scale * (sum - squares))), error);
  }

  /**
   * The threshold with the wanted expected size.
   *
   * @throws IllegalArgumentException if no threshold gives it: more than all texts with an entry, or less than those kept without one
   */
  public Solution solve(double target) {
    double high = Math.max(1, counts.largest());
    Solution most = at(high);
    if (target > most.expectedSize() * (1 + 1e-12)) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "a target of %,.0f texts cannot be reached: only %,.0f can stay (those with an"
          + " entry of the vocabulary); lower the target, enlarge the vocabulary, or keep texts without entries", target, most.expectedSize()));
    }
    double low = 1e-9;
    Solution least = at(low);
    if (target < least.expectedSize() || !(target > 0)) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "a target of %,.0f texts cannot be reached: at least %,.0f stay; raise the target,"
          + " or lower the probability of texts without entries", target, Math.max(1, least.expectedSize())));
    }
    if (target >= most.expectedSize()) return most;
    Solution best = most;
    for (int i = 0; i < STEPS && high / low > 1 + 1e-12; i++) {
      double middle = Math.sqrt(low * high);
      Solution here = at(middle);
      if (Math.abs(here.expectedSize() - target) <= Math.abs(best.expectedSize() - target)) best = here;
      if (here.expectedSize() < target) low = middle;
      else high = middle;
      if (Math.abs(here.expectedSize() - target) <= 1e-9 * target) break;
    }
    return best;
  }
}
