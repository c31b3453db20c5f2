package io.llama3v.train.sweep;

import io.llama3v.tensor.CounterRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a sweep tries: learning rates × weight decays × random subsets of the data, all combinations or some drawn at random.
 *
 * @param learningRates peak learning rates; drawn between the least and the greatest, uniformly in their logarithm
 * @param weightDecays  weight decays; drawn likewise, or uniformly if one of them is 0
 * @param shares        parts of the data, each above 0 and up to 1; drawn uniformly between the least and the greatest
 * @param subsets       random subsets of each share that a grid tries
 */
public record SearchSpace(double[] learningRates, double[] weightDecays, double[] shares, int subsets) {
  private static final int MOST = 100_000;

  /** Checks the numbers. */
  public SearchSpace {
    learningRates = checked("learning_rate", learningRates, Double.MIN_VALUE, Double.MAX_VALUE, "more than 0");
    weightDecays = checked("weight_decay", weightDecays, 0, Double.MAX_VALUE, "0 or more");
    shares = checked("share", shares, Double.MIN_VALUE, 1, "more than 0, up to 1");
    if (subsets < 1) throw new IllegalArgumentException("subsets " + subsets + "; expected 1 or more");
  }

  private static double[] checked(String name, double[] values, double least, double most, String expected) {
    if (values == null || values.length == 0) throw new IllegalArgumentException("a sweep needs values of " + name);
    for (double value : values) {
      if (!(value >= least && value <= most)) throw new IllegalArgumentException(name + " " + value + "; expected " + expected);
    }
    return values.clone();
  }

  /** Number of trials of {@link #grid}. */
  public long gridSize() {
    return (long) learningRates.length * weightDecays.length * shares.length * subsets;
  }

  /**
   * Every combination; each trial has data of its own, which its seed chooses.
   *
   * @param seed of the first trial; the others' follow
   */
  public List<Trial> grid(long seed) {
    if (gridSize() > MOST) throw new IllegalArgumentException("a grid of " + gridSize() + " trials; search at random instead");
    List<Trial> trials = new ArrayList<>();
    for (double rate : learningRates) {
      for (double decay : weightDecays) {
        for (double share : shares) {
          for (int subset = 0; subset < subsets; subset++) trials.add(trial(trials.size(), rate, decay, share, seed));
        }
      }
    }
    return trials;
  }

  /** {@code count} combinations drawn at random; the first of more trials are those of fewer. */
  public List<Trial> random(int count, long seed) {
    if (count < 1 || count > MOST) throw new IllegalArgumentException("trials " + count + "; expected 1 to " + MOST);
    CounterRandom random = new CounterRandom(seed, "sweep");
    List<Trial> trials = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      trials.add(trial(i, between(learningRates, random.uniform(3L * i), true), between(weightDecays, random.uniform(3L * i + 1), true),
          between(shares, random.uniform(3L * i + 2), false), seed));
    }
    return trials;
  }

  private static Trial trial(int index, double rate, double decay, double share, long seed) {
    return new Trial("run-" + (index + 1), rate, decay, share, seed + index);
  }

  private static double between(double[] values, double part, boolean logarithmic) {
    double low = Arrays.stream(values).min().orElseThrow();
    double high = Arrays.stream(values).max().orElseThrow();
    if (low == high) return low;
    return logarithmic && low > 0 ? low * Math.pow(high / low, part) : low + part * (high - low);
  }
}
