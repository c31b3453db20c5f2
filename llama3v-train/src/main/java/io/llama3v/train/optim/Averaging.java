package io.llama3v.train.optim;

/**
 * Which of the weights that training passes through enter an average, and how much each counts.
 *
 * @param decay of an exponential average; 0 for the plain mean, in which all count alike
 * @param from  updates before this one are left out, so that the average is one over the tail of a training
 * @param every takes one in so many updates; the first taken is number {@code from + every}
 * @param fromStart whether the values before any update are part of it, so that the first taken does not replace them
 */
public record Averaging(double decay, long from, long every, boolean fromStart) {
  /** Checks the numbers. */
  public Averaging {
    Check.fraction("decay", decay);
    Check.steps("from", from);
    if (every < 1) throw new IllegalArgumentException("every is " + every + ": give a positive number of updates");
  }

  /** An average that begins with the first weights taken in. */
  public Averaging(double decay, long from, long every) {
    this(decay, from, every, false);
  }

  /**
   * A copy of the weights before any update that follows them from afar: {@code e ← e + rate (p − e)} after every {@code every}-th
   * update. What Llama 3's vision stages take as the reference model of direct preference optimisation.
   *
   * @param rate more than 0; 1 copies the weights
   */
  public static Averaging reference(double rate, long every) {
    if (!(rate > 0 && rate <= 1)) throw new IllegalArgumentException("rate is " + rate + ": give a number above 0, up to 1");
    return new Averaging(1 - rate, 0, every, true);
  }

  /** {@code e ← e + (1 − decay)(p − e)} after every update. */
  public static Averaging exponential(double decay) {
    return new Averaging(decay, 0, 1);
  }

  /** The plain mean after every {@code every}-th update from number {@code from} on. */
  public static Averaging uniform(long from, long every) {
    return new Averaging(0, from, every);
  }

  /** True if the weights after the {@code update}-th update, counted from 1, are taken in. */
  boolean takes(long update) {
    return update > from && (update - from) % every == 0;
  }

  /** How many are taken in among the first {@code updates}. */
  public long taken(long updates) {
    return Math.max(0, updates - from) / every;
  }

  /** How far the average moves towards the {@code n}-th weights that are taken in, counted from 1. */
  double pace(long n) {
    if (fromStart) return decay > 0 ? 1 - decay : 1;
    return n == 1 ? 1 : decay > 0 ? 1 - decay : 1.0 / n;
  }
}
