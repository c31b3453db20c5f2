package io.llama3v.data.curate.dedup;

/**
 * How copies are searched for.
 *
 * @param threshold     pictures whose descriptors have at least this cosine are copies; SSCD's authors give 0.75 for 90 % precision
 * @param blockRows     pictures in a block on average; all pairs of a block are compared. With no more than 4 times as many pictures,
 *                      there is one block, and nothing is lost
 * @param probes        blocks that each picture is searched in: that of the nearest centroid and the next ones
 * @param iterations    of k-means
 * @param largest       components with more members are split into stars around their best members, so that chains of ever less
 *                      similar pictures do not fall together
 * @param recallQueries pictures that are also compared with all others, to measure what the blocks lose; 0 for none
 * @param seed          of samples and first centroids
 */
public record CopySettings(double threshold, int blockRows, int probes, int iterations, int largest, int recallQueries, long seed) {
  /** Checks the ranges. */
  public CopySettings {
    if (!(threshold > -1 && threshold <= 1)) throw new IllegalArgumentException("threshold: " + threshold + "; expected a cosine above -1, at most 1");
    require("block_rows", blockRows, 1, 1 << 20);
    require("probes", probes, 1, 64);
    require("iterations", iterations, 1, 1000);
    require("largest", largest, 2, Integer.MAX_VALUE);
    require("recall_queries", recallQueries, 0, 1 << 24);
  }

  private static void require(String name, int value, int least, int most) {
    if (value < least || value > most) throw new IllegalArgumentException(name + ": " + value + "; expected " + least + " to " + most);
  }

  /** Usual values around a threshold. */
  public static CopySettings of(double threshold) {
    return new CopySettings(threshold, 4096, 2, 10, 50, 1000, 0);
  }
}
