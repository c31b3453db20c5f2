package io.llama3v.train.preference;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a model orders pairs of answers.
 *
 * @param pairs number of pairs
 * @param right pairs in which the better answer has the higher score; equal ones count half
 * @param margin sum of the differences of scores, better minus worse
 */
public record PairStatistics(int pairs, double right, double margin) {
  /** Of no pair. */
  public static final PairStatistics NONE = new PairStatistics(0, 0, 0);

  /** With some more pairs. */
  public PairStatistics plus(float[] margins) {
    double ordered = right;
    double sum = margin;
    for (float m : margins) {
      ordered += m > 0 ? 1 : m == 0 ? 0.5 : 0;
      sum += m;
    }
    return new PairStatistics(pairs + margins.length, ordered, sum);
  }

  /** Share of pairs in the right order. */
  public double accuracy() {
    return pairs == 0 ? 0 : right / pairs;
  }

  /** Mean margin. */
  public double meanMargin() {
    return pairs == 0 ? 0 : margin / pairs;
  }

  /** For the metrics. */
  public Map<String, Double> named(String prefix) {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put(prefix + "accuracy", accuracy());
    values.put(prefix + "margin", meanMargin());
    return values;
  }
}
