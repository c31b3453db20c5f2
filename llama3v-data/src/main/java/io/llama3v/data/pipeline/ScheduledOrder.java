package io.llama3v.data.pipeline;

import io.llama3v.data.pipeline.SampleOrder.Pick;
import io.llama3v.tensor.Mix64;
import java.util.Arrays;

/**
 * The order of a stream whose mixture changes on the way: which sample stands at which place, still a pure function of seed and
 * position. Time is cut into steps of {@code placesPerStep} places. Each step has its own weights, and every source gets so many of
 * its places that the places it got up to there differ from the sum of its shares by less than the number of sources; where they
 * lie within the step is permuted anew for each one.
 *
 * <p>A source may be opened little by little: in a step with pool p only its first {@code ⌈p · size⌉} samples are drawn from, each
 * once in a pass over them, in an order that is permuted anew when the pool grows. With samples sorted by difficulty that is a
 * curriculum. Memory: 4 bytes a step and source.
 */
public final class ScheduledOrder implements PlaceOrder {
  private static final long MOST_ENTRIES = 200_000_000;

  /** What holds in a step. */
  public interface Mixture {
    /** Weights of the sources, each 0 or more, not all 0. */
    double[] weights(long step);

    /** Parts of the sources that are open, each above 0 and up to 1. */
    default double[] pools(long step) {
      return null;
    }
  }

  private final long[] sizes;
  private final Mixture mixture;
  private final long seed;
  private final int placesPerStep;
  private final int steps;
  private final EpochOrder epochs;
  private final int[] shares; // of each step and source
  private final long[] before; // sums of shares before every BLOCK-th step

  /** Steps between sums that are kept: reaching a place adds up at most so many. */
  private static final int BLOCK = 64;

  /**
   * @param sizes         number of samples of each source, all positive
   * @param mixture       what holds in each step
   * @param placesPerStep samples of a step, those of all readers together
   * @param steps         steps that the mixture is asked about; afterwards that of the last one holds
   */
  public ScheduledOrder(long[] sizes, Mixture mixture, int placesPerStep, int steps, long seed) {
    this(sizes, mixture, placesPerStep, steps, seed, EpochOrder.GLOBAL);
  }

  /** The same with any order inside a pass over a source, or over the part of it that is open. */
  public ScheduledOrder(long[] sizes, Mixture mixture, int placesPerStep, int steps, long seed, EpochOrder epochs) {
    if (placesPerStep < 1 || steps < 1) throw new IllegalArgumentException(steps + " steps of " + placesPerStep + " places");
    if ((long) steps * sizes.length > MOST_ENTRIES) throw new IllegalArgumentException(steps + " steps with " + sizes.length + " sources");
    for (int s = 0; s < sizes.length; s++) {
      if (sizes[s] < 1) throw new IllegalArgumentException("source " + s + " holds no samples");
    }
    this.sizes = sizes.clone();
    this.mixture = mixture;
    this.placesPerStep = placesPerStep;
    this.steps = steps;
    this.seed = seed;
    this.epochs = epochs;
    this.shares = new int[steps * sizes.length];
    this.before = new long[(steps / BLOCK + 1) * sizes.length];
    allocate();
  }

  private void allocate() {
    int n = sizes.length;
    double[] due = new double[n]; // what a source should have had and has not, negative if it had more
    long[] had = new long[n];
    for (int step = 0; step < steps; step++) {
      if (step % BLOCK == 0) System.arraycopy(had, 0, before, step / BLOCK * n, n);
      double[] weights = normalised(mixture.weights(step), step);
      for (int s = 0; s < n; s++) due[s] += weights[s] * placesPerStep;
      int left = placesPerStep;
      for (int s = 0; s < n; s++) {
        int whole = weights[s] == 0 ? 0 : (int) Math.max(0, Math.min(left, Math.floor(due[s])));
        give(step, s, whole, due, had);
        left -= whole;
      }
      for (; left > 0; left--) {
        int neediest = -1;
        for (int s = 0; s < n; s++) {
          if (weights[s] > 0 && (neediest < 0 || due[s] > due[neediest])) neediest = s;
        }
        give(step, neediest, 1, due, had);
      }
    }
    if (steps % BLOCK == 0) System.arraycopy(had, 0, before, steps / BLOCK * n, n);
  }

  private void give(int step, int source, int places, double[] due, long[] had) {
    shares[step * sizes.length + source] += places;
    due[source] -= places;
    had[source] += places;
  }

  private double[] normalised(double[] weights, long step) {
    double total = 0;
    if (weights.length != sizes.length) throw new IllegalArgumentException(sizes.length + " sources and " + weights.length + " weights");
    for (double w : weights) {
      if (!(w >= 0) || Double.isInfinite(w)) throw new IllegalArgumentException("a mixture weight must be 0 or more and finite, not " + w);
      total += w;
    }
    if (!(total > 0)) throw new IllegalArgumentException("all mixture weights are 0 at step " + step + "; one source must have some");
    double sum = total;
    return Arrays.stream(weights).map(w -> w / sum).toArray();
  }

  /** Places that a source gets in a step. */
  public int share(long step, int source) {
    return shares[(int) Math.min(step, steps - 1) * sizes.length + source];
  }

  @Override
  public Pick at(long position) {
    long step = position / placesPerStep;
    long place = new Permutation(placesPerStep, Mix64.mix(seed, -2, step)).apply(position % placesPerStep);
    int source = 0;
    while (place >= share(step, source)) place -= share(step, source++);
    long ordinal = had(step, source) + place;
    long pool = pool(step, source);
    long epoch = ordinal / pool;
    long key = pool == sizes[source] ? Mix64.mix(seed, source, epoch) : Mix64.mix(Mix64.mix(seed, source, epoch), pool);
    return new Pick(source, epoch, epochs.index(ordinal % pool, pool, key));
  }

  private long pool(long step, int source) {
    double[] pools = mixture.pools(Math.min(step, steps - 1));
    if (pools == null) return sizes[source];
    if (!(pools[source] > 0 && pools[source] <= 1)) {
      throw new IllegalArgumentException("the open part of source " + source + " is " + pools[source] + "; expected more than 0, up to 1");
    }
    return (long) Math.min(sizes[source], Math.max(1, Math.ceil(pools[source] * sizes[source])));
  }

  /** Places that a source got before a step. */
  private long had(long step, int source) {
    int n = sizes.length;
    int known = (int) Math.min(step, steps);
    long sum = before[known / BLOCK * n + source];
    for (int s = known / BLOCK * BLOCK; s < known; s++) sum += shares[s * n + source];
    return sum + (step - known) * share(steps - 1L, source);
  }
}
