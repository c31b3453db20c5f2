package io.llama3v.llama;

import io.llama3v.tensor.CounterRandom;
import java.util.Arrays;
import java.util.Comparator;

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

  /** Chooses the token at a position of the sequence. */
  public int choose(float[] logits, int position) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) if (logits[i] > logits[best]) best = i;
    if (temperature == 0) return best;
    double[] p = new double[logits.length];
    double sum = 0;
    for (int i = 0; i < p.length; i++) sum += p[i] = Math.exp((logits[i] - logits[best]) / temperature);
    Integer[] order = new Integer[p.length];
    Arrays.setAll(order, i -> i);
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
}
