package io.llama3v.train.eval;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The mean of per-item scores, overall and by group (question kind, human or augmented, subject). Overall is weighted by items, not by
 * groups.
 *
 * @param overall mean over all items
 * @param groups  means by group, in the order in which groups first appear
 */
public record GroupedMean(Mean overall, Map<String, Mean> groups) {

  /** A mean and how many items it is over. The mean of no items is 0. */
  public record Mean(int n, double mean) { }

  /** @throws IllegalArgumentException when the two differ in length */
  public static GroupedMean of(List<String> groups, double[] scores) {
    if (groups.size() != scores.length) {
      throw new IllegalArgumentException(groups.size() + " groups for " + scores.length + " scores: give one group per score");
    }
    Map<String, double[]> sums = new LinkedHashMap<>();
    double total = 0;
    for (int i = 0; i < scores.length; i++) {
      double[] sum = sums.computeIfAbsent(groups.get(i), g -> new double[2]);
      sum[0] += scores[i];
      sum[1]++;
      total += scores[i];
    }
    Map<String, Mean> means = new LinkedHashMap<>();
    sums.forEach((group, sum) -> means.put(group, new Mean((int) sum[1], sum[0] / sum[1])));
    return new GroupedMean(new Mean(scores.length, scores.length == 0 ? 0 : total / scores.length), means);
  }
}
