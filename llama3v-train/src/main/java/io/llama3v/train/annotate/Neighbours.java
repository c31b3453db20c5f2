package io.llama3v.train.annotate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;

/** The pictures most like one: nearest by cosine of their unit vectors. */
final class Neighbours {
  private record Near(int picture, double cosine) {}

  private Neighbours() {}

  /**
   * Nearest first; of equally near ones the first in the pool.
   *
   * @param k how many at most
   * @param wanted which pictures may be among them
   * @return empty where pictures have no vectors
   */
  static List<Integer> of(List<Picture> pool, int seed, int k, IntPredicate wanted) {
    float[] from = pool.get(seed).vector();
    if (from == null) return List.of();
    List<Near> all = new ArrayList<>();
    for (Picture p : pool) if (p.id() != seed && p.vector() != null && wanted.test(p.id())) all.add(new Near(p.id(), dot(from, p.vector())));
    all.sort(Comparator.comparingDouble((Near near) -> -near.cosine).thenComparingInt(Near::picture));
    return all.stream().limit(k).map(Near::picture).toList();
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) sum += (double) a[i] * b[i];
    return sum;
  }
}
