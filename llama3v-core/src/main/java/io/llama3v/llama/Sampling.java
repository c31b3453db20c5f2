package io.llama3v.llama;

import io.llama3v.tensor.CounterRandom;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * How the next token is drawn from logits: the largest (temperature 0), or at random from the smallest set of tokens whose
 * probabilities at this temperature add up to {@code topP} (Holtzman et al. 2020).
 *
 * @param temperature 0 for greedy
 * @param topP in (0, 1]
 * @param seed the same seed draws the same tokens
 */
public record Sampling(double temperature, double topP, long seed) {
  /** Always the most likely token; of equals the first. */
  public static final Sampling GREEDY = new Sampling(0, 1, 0);

  /** Checks the ranges. */
  public Sampling {
    if (!(temperature >= 0) || !(topP > 0 && topP <= 1)) {
      throw new IllegalArgumentException("temperature " + temperature + " (expected >= 0), top-p " + topP + " (expected in (0, 1])");
    }
  }

  /**
   * Chooses the token at a position of the sequence.
   *
   * @throws IllegalStateException if a logit is NaN, or all are −∞: no token follows from that
   */
  public int choose(float[] logits, int position) {
    int best = 0;
    for (int i = 0; i < logits.length; i++) {
      if (Float.isNaN(logits[i])) throw broken("the logit of token " + i + " is NaN");
      if (logits[i] > logits[best]) best = i;
    }
    if (logits[best] == Float.NEGATIVE_INFINITY) throw broken("all " + logits.length + " logits are -Infinity");
    if (temperature == 0) return best;
    double[] p = new double[logits.length];
    double sum = 0;
    // A logit of +∞ leaves the others no chance, and would give NaN when taken from itself.
    for (int i = 0; i < p.length; i++) sum += p[i] = logits[i] == logits[best] ? 1 : Math.exp((logits[i] - logits[best]) / temperature);
    // Tokens below this add up to less than what may be left out: a vocabulary need not be sorted to find the few that count.
    double least = (1 - topP) * sum / p.length;
    Integer[] order = IntStream.range(0, p.length).filter(i -> p[i] >= least).boxed().toArray(Integer[]::new);
    Arrays.sort(order, Comparator.comparingDouble((Integer i) -> -p[i]));
    double limit = topP * sum;
    double draw = new CounterRandom(seed, "sampling").uniform(position);
    double kept = 0;
    int count = 0;
    while (count < order.length && kept < limit) kept += p[order[count++]];
    double target = draw * kept;
    for (int i = 0; i < count; i++) {
      target -= p[order[i]];
      if (target <= 0) return order[i];
    }
    return order[count - 1];
  }

  private static IllegalStateException broken(String what) {
    return new IllegalStateException("no token can be chosen: " + what + ". The weights have overflowed in training or were damaged;"
        + " go back to an earlier checkpoint");
  }
}
