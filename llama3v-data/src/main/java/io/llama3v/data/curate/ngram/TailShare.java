package io.llama3v.data.curate.ngram;

import java.util.Arrays;

/**
 * Carries a threshold from one pool of texts to another: T is chosen such that entries rarer than T hold the same share of all finds.
 * MetaCLIP's 20,000 on 400 million texts leaves a share of 6 % in the tail.
 */
public final class TailShare {
  private TailShare() {}

  /** The share of all finds that belongs to entries found in fewer than {@code threshold} texts. */
  public static double of(EntryCounts counts, double threshold) {
    double tail = 0;
    double all = 0;
    for (long count : counts.counts()) {
      all += count;
      if (count < threshold) tail += count;
    }
    return all == 0 ? 0 : tail / all;
  }

  /**
   * The largest count T with {@code of(counts, T) <= share}.
   *
   * @throws IllegalArgumentException if the share is not between 0 and 1, or nothing was found
   */
  public static long threshold(EntryCounts counts, double share) {
    if (!(share >= 0 && share < 1)) throw new IllegalArgumentException("tail share of " + share + "; expected 0 to less than 1");
    long[] sorted = Arrays.stream(counts.counts()).filter(c -> c > 0).sorted().toArray();
    if (sorted.length == 0) throw new IllegalArgumentException("no entry was found in any text");
    double all = Arrays.stream(sorted).asDoubleStream().sum();
    double tail = 0;
    for (int i = 0; i < sorted.length;) {
      long value = sorted[i];
      double next = tail;
      int j = i;
      for (; j < sorted.length && sorted[j] == value; j++) next += value;
      if (next > share * all) return value;
      tail = next;
      i = j;
    }
    return sorted[sorted.length - 1];
  }
}
