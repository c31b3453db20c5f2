package io.llama3v.train.stage;

import io.llama3v.train.optim.Averaging;
import io.llama3v.train.optim.Schedule;

/**
 * The average that a stage leaves instead of its last weights.
 *
 * @param kind how weights count
 * @param from part of the stage's steps that is left out, from 0 to 1: 0.75 averages over the last quarter
 * @param every takes the weights in after every so many steps
 * @param decay of an exponential average
 * @param learningRate with {@code swa}: fraction of the peak that the learning rate is held at while weights are taken in; without,
 *     it is held at what it has reached by then
 */
public record AverageConfig(Kind kind, Double from, int every, double decay, double learningRate) {
  /** How weights count. */
  public enum Kind {
    /** Exponentially less the older they are. */
    EMA,
    /** All alike; the learning rate keeps its schedule. */
    UNIFORM,
    /** All alike, under a learning rate that no longer falls: stochastic weight averaging (Izmailov et al., 2018). */
    SWA
  }

  /** Fills in defaults and checks. */
  public AverageConfig {
    kind = Defaults.or(kind, Kind.UNIFORM);
    from = Defaults.written(from, kind == Kind.EMA ? 0.0 : 0.75);
    every = Defaults.or(every, 1);
    if (!(from >= 0 && from < 1)) throw new IllegalArgumentException("from " + from + "; expected a part of the steps, from 0 to below 1");
    Defaults.positive("every", every);
    if (kind == Kind.EMA) decay = Defaults.or(decay, 0.999);
    else if (decay != 0) throw new IllegalArgumentException("decay belongs to kind: ema");
    if (!(decay >= 0 && decay < 1)) throw new IllegalArgumentException("decay " + decay + "; expected 0 to below 1");
    if (kind != Kind.SWA && learningRate != 0) throw new IllegalArgumentException("learning_rate belongs to kind: swa");
    if (!(learningRate >= 0)) throw new IllegalArgumentException("learning_rate " + learningRate + "; expected a fraction of the peak");
  }

  /** The first step whose update may be taken in, of {@code steps}. */
  public long start(long steps) {
    return Math.round(from * steps);
  }

  /** The learning rate while weights are taken in; with {@code swa} it no longer falls. */
  Schedule rate(Schedule planned, double peak, long steps) {
    if (kind != Kind.SWA) return planned;
    long start = start(steps);
    Schedule held = learningRate == 0 ? planned.until(start) : step -> step < start ? planned.at(step) : learningRate * peak;
    return held.over(steps);
  }

  /**
   * The rule for a training of {@code steps} updates of which the loop makes those from {@code first} on.
   *
   * @throws IllegalArgumentException if nothing would be taken in
   */
  public Averaging rule(long first, long steps) {
    Averaging rule = new Averaging(decay, Math.max(0, start(steps) - first), every);
    if (rule.taken(steps - first) < 1) {
      throw new IllegalArgumentException("average: every " + every + " steps from step " + Math.max(first, start(steps)) + " on takes nothing in before step "
          + steps + "; lower 'every' or 'from'");
    }
    return rule;
  }
}
