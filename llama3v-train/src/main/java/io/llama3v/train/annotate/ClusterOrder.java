package io.llama3v.train.annotate;

import io.llama3v.tensor.CounterRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The order in which pictures are shown: uniformly over clusters, however large they are. Each round takes one picture of every cluster
 * that has any left, the clusters in a random order, the pictures of a cluster in a random order, so that after any number of pictures
 * two clusters differ by at most one as long as neither is used up.
 */
final class ClusterOrder {
  private ClusterOrder() {}

  /**
   * All pictures in order.
   *
   * @param clusters the cluster of each picture
   */
  static int[] of(int[] clusters, long seed) {
    CounterRandom pictures = new CounterRandom(seed, "annotate pictures");
    Map<Integer, List<Integer>> members = new TreeMap<>();
    for (int i = 0; i < clusters.length; i++) members.computeIfAbsent(clusters[i], c -> new ArrayList<>()).add(i);
    List<Deque<Integer>> left = new ArrayList<>();
    members.values().forEach(m -> left.add(new ArrayDeque<>(sorted(m, pictures, 0))));
    int[] order = new int[clusters.length];
    CounterRandom rounds = new CounterRandom(seed, "annotate clusters");
    List<Integer> open = new ArrayList<>();
    for (int c = 0; c < left.size(); c++) open.add(c);
    for (int n = 0; n < order.length;) {
      List<Integer> round = sorted(open, rounds, n);
      for (int c : round) order[n++] = left.get(c).pop();
      open.removeIf(c -> left.get(c).isEmpty());
    }
    return order;
  }

  /** Numbers sorted by the random bits drawn for them. */
  private static List<Integer> sorted(List<Integer> numbers, CounterRandom random, long round) {
    List<Integer> sorted = new ArrayList<>(numbers);
    sorted.sort((a, b) -> {
      int byBits = Long.compare(random.bits((round << 32) + a), random.bits((round << 32) + b));
      return byBits != 0 ? byBits : Integer.compare(a, b);
    });
    return sorted;
  }
}
