package io.llama3v.train.optim;

/**
 * Which of the weights that training passes through enter an average, and how much each counts.
 *
 * @param decay of an exponential average; 0 for the plain mean, in which all count alike
 * @param from  updates before this one are left out, so that the average is one over the tail of a training
 * @param every takes one in so many updates; the first taken is number {@code from + every}
 */
public record Averaging(double decay, long from, long every) {
  /** Checks the numbers. */
  public Averaging {
    Check.fraction("decay", decay);
    Check.steps("from", from);
    if (every < 1) throw new IllegalArgumentException("every is " + every + ": give a positive number of updates");
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
    return n == 1 ? 1 : decay > 0 ? 1 - decay : 1.0 / n;
  }
}
