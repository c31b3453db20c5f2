package io.llama3v.data.pipeline;

import io.llama3v.tensor.Mix64;

/**
 * Which sample stands at which place of the endless stream: a pure function of seed and position, without state.
 *
 * <p>With one source, epoch e = position / size is read in the order of a permutation keyed by (seed, e): each sample
 * once. With several, time is cut into blocks of {@value #BLOCK} places; in each block source s gets its exact share of
 * places, at places permuted anew for each block, and the k-th place that s gets overall takes the k-th sample of s'
 * own endless stream.
 */
public final class SampleOrder implements PlaceOrder {
  static final int BLOCK = 1000;
  private final long[] sizes;
  private final int[] firsts;
  private final long seed;
  private final EpochOrder epochs;

  /** A place in the sources. */
  public record Pick(int source, long epoch, long index) {}

  /**
   * @param sizes   number of samples of each source, all positive
   * @param weights share of each source; need not sum to one
   * @param shuffle false: each source in its own order
   */
  public SampleOrder(long[] sizes, double[] weights, long seed, boolean shuffle) {
    this(sizes, weights, seed, shuffle ? EpochOrder.GLOBAL : EpochOrder.NONE);
  }

  /** The same with any order inside an epoch. */
  public SampleOrder(long[] sizes, double[] weights, long seed, EpochOrder epochs) {
    if (sizes.length == 0 || sizes.length != weights.length) {
      throw new IllegalArgumentException(sizes.length + " sources and " + weights.length + " weights");
    }
    for (int s = 0; s < sizes.length; s++) {
      if (sizes[s] < 1) {
        throw new IllegalArgumentException("source " + s + " holds no samples");
      }
    }
    this.sizes = sizes.clone();
    this.firsts = shares(weights);
    this.seed = seed;
    this.epochs = epochs;
  }

  @Override
  public Pick at(long position) {
    int source = 0;
    long ordinal = position;
    if (sizes.length > 1) {
      long block = position / BLOCK;
      int place = (int) new Permutation(BLOCK, Mix64.mix(seed, -1, block)).apply(position % BLOCK);
      while (place >= firsts[source + 1]) {
        source++;
      }
      ordinal = block * (firsts[source + 1] - firsts[source]) + place - firsts[source];
    }
    long epoch = ordinal / sizes[source];
    long index = ordinal % sizes[source];
    return new Pick(source, epoch, epochs.index(index, sizes[source], Mix64.mix(seed, source, epoch)));
  }

  /** Places of each source in a block, by largest remainder, as running sums. */
  private static int[] shares(double[] weights) {
    double total = 0;
    for (double w : weights) {
      if (!(w > 0) || Double.isInfinite(w)) {
        throw new IllegalArgumentException("a mixture weight must be positive and finite, not " + w);
      }
      total += w;
    }
    int n = weights.length;
    int[] share = new int[n];
    double[] rest = new double[n];
    int left = BLOCK;
    for (int s = 0; s < n; s++) {
      double exact = weights[s] / total * BLOCK;
      share[s] = (int) exact;
      rest[s] = exact - share[s];
      left -= share[s];
    }
    for (; left > 0; left--) {
      int best = 0;
      for (int s = 1; s < n; s++) {
        best = rest[s] > rest[best] ? s : best;
      }
      share[best]++;
      rest[best] = -1;
    }
    int[] firsts = new int[n + 1];
    for (int s = 0; s < n; s++) {
      if (share[s] == 0) {
        throw new IllegalArgumentException("weight " + weights[s] + " of source " + s + " is under 1 in " + BLOCK);
      }
      firsts[s + 1] = firsts[s] + share[s];
    }
    return firsts;
  }
}
