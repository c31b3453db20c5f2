package io.llama3v.data.curate.dedup;

import io.llama3v.backend.Backend;
import java.io.IOException;
import java.util.stream.IntStream;

/** Pictures of a kind: k-means over their descriptors, the same blocks that copies are searched in. */
public final class PictureClusters {
  private static final int ITERATIONS = 20;

  private PictureClusters() {}

  /**
   * The cluster of every row, {@code 0 <= cluster < clusters}; some may stay empty. The same vectors in the same order and the same
   * seed give the same clusters.
   *
   * @param clusters how many, at least 1; no more than there are rows are made
   */
  public static int[] of(VectorStore store, int clusters, long seed, Backend backend) throws IOException {
    if (clusters < 1) throw new IllegalArgumentException(clusters + " clusters; expected 1 or more");
    if (store.rows() == 0) return new int[0];
    int[] order = IntStream.range(0, store.rows()).toArray();
    CentroidBlocks blocks = CentroidBlocks.of(store, order, Math.min(clusters, store.rows()), 1, ITERATIONS, seed, new DotProducts(backend));
    return IntStream.of(order).map(blocks::home).toArray();
  }
}
