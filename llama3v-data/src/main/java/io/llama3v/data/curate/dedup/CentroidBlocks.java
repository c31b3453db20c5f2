package io.llama3v.data.curate.dedup;

import io.llama3v.tensor.CounterRandom;
import java.io.IOException;
import java.util.Arrays;

/**
 * Blocks of similar vectors: spherical k-means (I. Dhillon, D. Modha: Concept decompositions for large sparse text data using
 * clustering, 2001) on a sample, then the nearest centroids of every vector. Rounding of matrix products decides nothing: where
 * centroids are about equally near, the products are taken again in double, in a fixed order.
 */
final class CentroidBlocks {
  private static final int SAMPLE_PER_BLOCK = 64;
  /** Blocks of each row, nearest first: {@code [row * probes + p]}. */
  final int[] probed;
  final int blocks;
  final int probes;

  private CentroidBlocks(int[] probed, int blocks, int probes) {
    this.probed = probed;
    this.blocks = blocks;
    this.probes = probes;
  }

  /** The block that a row lies in. */
  int home(int row) {
    return probed[row * probes];
  }

  /** Whether a pair is compared: one is searched in the block where the other lies. */
  boolean meet(int a, int b) {
    return probes(a, home(b)) || probes(b, home(a));
  }

  private boolean probes(int row, int block) {
    for (int p = 0; p < probes; p++) if (probed[row * probes + p] == block) return true;
    return false;
  }

  /** Cuts the rows {@code order} of a store into blocks; the order has to depend on the pictures alone. */
  static CentroidBlocks of(VectorStore store, int[] order, CopySettings settings, DotProducts products) throws IOException {
    int n = order.length;
    int blocks = n <= 4L * settings.blockRows() ? 1 : (n + settings.blockRows() - 1) / settings.blockRows();
    return of(store, order, blocks, Math.min(settings.probes(), blocks), settings.iterations(), settings.seed(), products);
  }

  /** The same into a given number of blocks. */
  static CentroidBlocks of(VectorStore store, int[] order, int blocks, int probes, int iterations, long seed, DotProducts products)
      throws IOException {
    int n = order.length;
    int[] probed = new int[Math.multiplyExact(store.rows(), probes)];
    if (blocks == 1) return new CentroidBlocks(probed, 1, 1);
    float[] centroids = kMeans(store, sample(order, blocks, seed), blocks, iterations, products);
    for (int from = 0; from < n; from += DotProducts.TILE) {
      int to = Math.min(n, from + DotProducts.TILE);
      int[] nearest = nearest(store.gather(order, from, to), to - from, centroids, blocks, probes, store, products);
      for (int i = from; i < to; i++) System.arraycopy(nearest, (i - from) * probes, probed, order[i] * probes, probes);
    }
    return new CentroidBlocks(probed, blocks, probes);
  }

  /** Rows to learn the centroids from, in a shuffled order, so that the first ones can be the first centroids. */
  private static int[] sample(int[] order, int blocks, long seed) {
    int[] shuffled = order.clone();
    CounterRandom random = new CounterRandom(seed, "k-means sample");
    int size = (int) Math.min(shuffled.length, (long) SAMPLE_PER_BLOCK * blocks);
    for (int i = 0; i < size; i++) {
      int j = i + (int) (random.uniform(i) * (shuffled.length - i));
      int swap = shuffled[i];
      shuffled[i] = shuffled[j];
      shuffled[j] = swap;
    }
    return Arrays.copyOf(shuffled, size);
  }

  private static float[] kMeans(VectorStore store, int[] sample, int blocks, int iterations, DotProducts products) throws IOException {
    int d = store.dimension();
    float[] centroids = store.gather(sample, 0, blocks);
    int[] previous = new int[sample.length];
    for (int round = 0; round < iterations; round++) {
      double[] sums = new double[blocks * d];
      boolean moved = round == 0;
      for (int from = 0; from < sample.length; from += DotProducts.TILE) {
        int to = Math.min(sample.length, from + DotProducts.TILE);
        float[] rows = store.gather(sample, from, to);
        int[] nearest = nearest(rows, to - from, centroids, blocks, 1, store, products);
        for (int i = 0; i < to - from; i++) {
          for (int c = 0; c < d; c++) sums[nearest[i] * d + c] += rows[i * d + c];
          moved |= previous[from + i] != nearest[i];
          previous[from + i] = nearest[i];
        }
      }
      if (!moved) break;
      for (int b = 0; b < blocks; b++) normalise(sums, centroids, b * d, d);
    }
    return centroids;
  }

  /** The direction of a sum becomes the centroid; one without members, or with members that cancel out, stays where it was. */
  private static void normalise(double[] sums, float[] centroids, int at, int d) {
    double squares = 0;
    for (int c = 0; c < d; c++) squares += sums[at + c] * sums[at + c];
    if (squares < 1e-20) return;
    double scale = 1 / Math.sqrt(squares);
    for (int c = 0; c < d; c++) centroids[at + c] = (float) (sums[at + c] * scale);
  }

  private static int[] nearest(float[] rows, int m, float[] centroids, int blocks, int probes, VectorStore store, DotProducts products) {
    float[] all = products.of(rows, m, centroids, blocks, store.dimension());
    int[] nearest = new int[m * probes];
    float[] best = new float[probes];
    for (int i = 0; i < m; i++) {
      Arrays.fill(best, Float.NEGATIVE_INFINITY);
      for (int b = 0; b < blocks; b++) {
        float s = all[i * blocks + b];
        for (int p = probes - 1; p >= 0 && s > best[p]; p--) {
          if (p < probes - 1) best[p + 1] = best[p];
          best[p] = s;
        }
      }
      exactly(all, i, blocks, best[probes - 1] - DotProducts.MARGIN, rows, centroids, probes, nearest, store);
    }
    return nearest;
  }

  /** Orders the centroids that may be among the nearest by their products in double. */
  private static void exactly(float[] all, int row, int blocks, double least, float[] rows, float[] centroids, int probes, int[] nearest,
      VectorStore store) {
    double[] best = new double[probes];
    Arrays.fill(best, Double.NEGATIVE_INFINITY);
    int at = row * probes;
    for (int b = 0; b < blocks; b++) {
      if (all[row * blocks + b] < least) continue;
      double s = store.similarity(rows, row, centroids, b);
      int p = probes;
      while (p > 0 && s > best[p - 1]) p--;
      if (p == probes) continue;
      System.arraycopy(best, p, best, p + 1, probes - p - 1);
      System.arraycopy(nearest, at + p, nearest, at + p + 1, probes - p - 1);
      best[p] = s;
      nearest[at + p] = b;
    }
  }
}
