package io.llama3v.data.curate.dedup;

/**
 * Which pictures are copies of each other.
 *
 * @param cluster    of each row: the row of its cluster's best member, which is the row itself for what is kept
 * @param similarity of each row: cosine with the best member; 1 for the best member itself
 * @param clusters   clusters of at least two
 * @param copies     rows that are not the best of their cluster
 * @param split      components that were split because they were larger than allowed
 * @param compared   pairs whose products were taken
 * @param recall     what the blocks cost
 */
public record CopyClusters(int[] cluster, float[] similarity, int clusters, int copies, int split, long compared, Recall recall) {
  /**
   * Pairs of copies that a comparison of some rows with all others finds, and how many of them the search finds too.
   *
   * @param queries rows that were compared with all others
   * @param pairs   pairs above the threshold among these comparisons
   * @param met     those whose rows were compared within blocks
   * @param joined  those whose rows are in one component, by whatever path
   */
  public record Recall(int queries, long pairs, long met, long joined) {
    /** Share of pairs that blocks did not separate; NaN without pairs. */
    public double ofPairs() {
      return (double) met / pairs;
    }

    /** Share of pairs that ended in one component; NaN without pairs. */
    public double ofComponents() {
      return (double) joined / pairs;
    }
  }
}
