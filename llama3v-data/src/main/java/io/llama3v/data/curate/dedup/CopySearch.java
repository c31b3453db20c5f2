package io.llama3v.data.curate.dedup;

import io.llama3v.backend.Backend;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/**
 * Finds copies among vectors: k-means blocks, every vector compared with all that lie in the blocks nearest to it, pairs above the
 * threshold joined by union-find, connected components, one best member each. Components that grew too large are split.
 *
 * <p>The result does not depend on threads, on the backend or on tile sizes: products near the threshold are taken again in double.
 */
public final class CopySearch {
  private final VectorStore store;
  private final int[] order;
  private final Comparator<Integer> better;
  private final CopySettings settings;
  private final DotProducts products;
  private long compared;

  /**
   * A search.
   *
   * @param order  all rows, in an order that depends on the pictures alone, not on how they lie in shards
   * @param better sorts rows, the one to keep first; no two are equal
   */
  public CopySearch(VectorStore store, int[] order, Comparator<Integer> better, CopySettings settings, Backend backend) {
    if (order.length != store.rows()) throw new IllegalArgumentException(order.length + " rows in order; the store has " + store.rows());
    this.store = store;
    this.order = order;
    this.better = better;
    this.settings = settings;
    this.products = new DotProducts(backend);
  }

  /** Runs the search. */
  public CopyClusters run() throws IOException {
    CentroidBlocks blocks = CentroidBlocks.of(store, order, settings, products);
    UnionFind sets = new UnionFind(store.rows());
    int[][] inhabitants = rows(blocks, 0, 1);
    // Those that lie elsewhere and are searched for here too.
    int[][] visitors = rows(blocks, 1, blocks.probes);
    for (int b = 0; b < blocks.blocks; b++) join(inhabitants[b], visitors[b], sets);
    CopyClusters.Recall recall = recall(blocks, sets);
    return choose(sets, recall);
  }

  /** Of each block the rows that have it among their probes {@code [from, to)}, in order. */
  private int[][] rows(CentroidBlocks blocks, int from, int to) {
    int[] sizes = new int[blocks.blocks];
    for (int row : order) for (int p = from; p < to; p++) sizes[blocks.probed[row * blocks.probes + p]]++;
    int[][] rows = new int[blocks.blocks][];
    for (int b = 0; b < rows.length; b++) rows[b] = new int[sizes[b]];
    Arrays.fill(sizes, 0);
    for (int row : order) {
      for (int p = from; p < to; p++) {
        int block = blocks.probed[row * blocks.probes + p];
        rows[block][sizes[block]++] = row;
      }
    }
    return rows;
  }

  private void join(int[] inhabitants, int[] visitors, UnionFind sets) throws IOException {
    for (int from = 0; from < inhabitants.length; from += DotProducts.TILE) {
      int to = Math.min(inhabitants.length, from + DotProducts.TILE);
      float[] a = store.gather(inhabitants, from, to);
      // Each pair of inhabitants once: tiles from this one on.
      for (int other = from; other < inhabitants.length; other += DotProducts.TILE) {
        int end = Math.min(inhabitants.length, other + DotProducts.TILE);
        join(inhabitants, from, to, a, inhabitants, other, end, other == from ? a : store.gather(inhabitants, other, end), sets);
      }
      for (int other = 0; other < visitors.length; other += DotProducts.TILE) {
        int end = Math.min(visitors.length, other + DotProducts.TILE);
        join(inhabitants, from, to, a, visitors, other, end, store.gather(visitors, other, end), sets);
      }
    }
  }

  private void join(int[] left, int from, int to, float[] a, int[] right, int other, int end, float[] b, UnionFind sets) {
    int m = to - from;
    int n = end - other;
    float[] all = products.of(a, m, b, n, store.dimension());
    boolean same = left == right && from == other;
    for (int i = 0; i < m; i++) {
      for (int j = same ? i + 1 : 0; j < n; j++) {
        if (isCopy(all[i * n + j], a, i, b, j)) sets.union(left[from + i], right[other + j]);
      }
    }
    compared += same ? (long) m * (m - 1) / 2 : (long) m * n;
  }

  private boolean isCopy(float product, float[] a, int i, float[] b, int j) {
    if (product < settings.threshold() - DotProducts.MARGIN) return false;
    return product > settings.threshold() + DotProducts.MARGIN || store.similarity(a, i, b, j) >= settings.threshold();
  }

  private CopyClusters.Recall recall(CentroidBlocks blocks, UnionFind sets) throws IOException {
    int queries = Math.min(settings.recallQueries(), order.length);
    long[] counts = new long[3];
    // The order is that of hashes: its first rows are a random sample.
    for (int from = 0; from < queries; from += DotProducts.TILE) {
      int to = Math.min(queries, from + DotProducts.TILE);
      float[] a = store.gather(order, from, to);
      for (int other = 0; other < order.length; other += DotProducts.TILE) {
        int end = Math.min(order.length, other + DotProducts.TILE);
        float[] b = store.gather(order, other, end);
        float[] all = products.of(a, to - from, b, end - other, store.dimension());
        for (int i = 0; i < to - from; i++) {
          for (int j = 0; j < end - other; j++) {
            int x = order[from + i];
            int y = order[other + j];
            if (x == y || !isCopy(all[i * (end - other) + j], a, i, b, j)) continue;
            counts[0]++;
            if (blocks.meet(x, y)) counts[1]++;
            if (sets.find(x) == sets.find(y)) counts[2]++;
          }
        }
      }
    }
    return new CopyClusters.Recall(queries, counts[0], counts[1], counts[2]);
  }

  /** Members of each component of at least two, best first; singles are their own cluster. */
  private CopyClusters choose(UnionFind sets, CopyClusters.Recall recall) throws IOException {
    int n = store.rows();
    int[] cluster = new int[n];
    float[] similarity = new float[n];
    Arrays.fill(similarity, 1);
    int[] size = new int[n];
    for (int i = 0; i < n; i++) {
      cluster[i] = i;
      size[sets.find(i)]++;
    }
    List<Integer> members = new ArrayList<>();
    for (int i = 0; i < n; i++) if (size[sets.find(i)] > 1) members.add(i);
    members.sort(Comparator.comparingInt((Integer i) -> sets.find(i)).thenComparing(better));
    BitSet leaders = new BitSet(n);
    int copies = 0;
    int split = 0;
    for (int from = 0; from < members.size();) {
      List<Integer> component = members.subList(from, from + size[sets.find(members.get(from))]);
      from += component.size();
      if (star(component, component.size() > settings.largest(), cluster, similarity) > 1) split++;
      for (int row : component) {
        if (cluster[row] == row) continue;
        copies++;
        leaders.set(cluster[row]);
      }
    }
    return new CopyClusters(cluster, similarity, leaders.cardinality(), copies, split, compared, recall);
  }

  /**
   * Gathers a component around its best member. If it has to be split: all that are copies of the best member itself are its
   * cluster, the rest is gathered around its own best, and so on. Clusters of real copies stay whole, chains fall apart.
   *
   * @return clusters that the component became
   */
  private int star(List<Integer> component, boolean divide, int[] cluster, float[] similarity) throws IOException {
    int d = store.dimension();
    float[] leader = new float[d];
    float[] member = new float[d];
    List<Integer> rest = component;
    int stars = 0;
    while (!rest.isEmpty()) {
      int best = rest.get(0);
      store.read(best, leader, 0);
      stars++;
      List<Integer> apart = new ArrayList<>();
      for (int row : rest.subList(1, rest.size())) {
        store.read(row, member, 0);
        double s = store.similarity(leader, 0, member, 0);
        if (divide && s < settings.threshold()) {
          apart.add(row);
        } else {
          cluster[row] = best;
          similarity[row] = (float) s;
        }
      }
      cluster[best] = best;
      rest = apart;
    }
    return stars;
  }
}
