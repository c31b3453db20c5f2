package io.llama3v.train.eval;

import java.util.Arrays;

/**
 * Retrieval over a similarity matrix: for each query, where among all candidates is the first right one?
 *
 * <p>Ties are not decided by the order of storage, which would give a model that says the same of everything a perfect score on the
 * diagonal. Under {@link Ties#EXPECTED} a query counts for R@k with the probability that a right candidate is among the first k when
 * equal scores are shuffled, and its rank is the expected one; a constant matrix then scores exactly {@linkplain #chance chance}. Under
 * {@link Ties#WORST} every wrong candidate of equal score comes first.
 *
 * @param queries    number of queries
 * @param candidates number of candidates
 * @param r1         R@1, from 0 to 1
 * @param r5         R@5
 * @param r10        R@10
 * @param medianRank median over queries of the rank of the first right candidate, from 1
 * @param tied       share of queries whose best right candidate has the score of some wrong one
 * @param chance1    R@1 of a random order
 * @param chance5    R@5 of a random order
 * @param chance10   R@10 of a random order
 */
public record Retrieval(int queries, int candidates, double r1, double r5, double r10, double medianRank, double tied,
                        double chance1, double chance5, double chance10) {

  /** How equal scores are counted. */
  public enum Ties { EXPECTED, WORST }

  /**
   * Retrieval where candidate {@code i} is the one right answer to query {@code i}.
   *
   * @param similarity [n, n], row-major: a row per query
   */
  public static Retrieval diagonal(float[] similarity, int n) {
    int[] identity = new int[n];
    Arrays.setAll(identity, i -> i);
    return of(similarity, identity, identity, Ties.EXPECTED);
  }

  /**
   * Retrieval where several candidates may be right: those of the query's group. Give pictures of one concept, or captions of one
   * wording, one group.
   *
   * @param similarity      [queries, candidates], row-major
   * @param queryGroups     [queries]
   * @param candidateGroups [candidates]
   * @throws IllegalArgumentException when sizes disagree, a query has no right candidate, or a similarity is not a number
   */
  public static Retrieval of(float[] similarity, int[] queryGroups, int[] candidateGroups, Ties ties) {
    int queries = queryGroups.length;
    int candidates = candidateGroups.length;
    if (queries == 0 || (long) queries * candidates != similarity.length) {
      throw new IllegalArgumentException("similarity has " + similarity.length + " values, expected queries * candidates = " + queries
          + " * " + candidates + ", with at least one of each");
    }
    double[] sums = new double[6];
    double[] ranks = new double[queries];
    int tiedQueries = 0;
    for (int q = 0; q < queries; q++) {
      Standing s = Standing.of(similarity, q, queryGroups[q], candidateGroups);
      int[] cuts = {1, 5, 10};
      for (int c = 0; c < 3; c++) {
        sums[c] += ties == Ties.EXPECTED ? s.hit(cuts[c]) : s.above + s.equalWrong + 1 <= cuts[c] ? 1 : 0;
        sums[3 + c] += drawn(s.right, candidates, Math.min(cuts[c], candidates));
      }
      ranks[q] = ties == Ties.EXPECTED
          ? s.above + (s.equalWrong + s.equalRight + 1.0) / (s.equalRight + 1.0)
          : s.above + s.equalWrong + 1;
      tiedQueries += s.equalWrong > 0 ? 1 : 0;
    }
    Arrays.sort(ranks);
    double median = (ranks[(queries - 1) / 2] + ranks[queries / 2]) / 2;
    return new Retrieval(queries, candidates, sums[0] / queries, sums[1] / queries, sums[2] / queries, median,
        (double) tiedQueries / queries, sums[3] / queries, sums[4] / queries, sums[5] / queries);
  }

  /** R@k of a random order with one right answer: {@code k / candidates}. */
  public static double chance(int k, int candidates) {
    return Math.min(1.0, (double) k / candidates);
  }

  /** The probability that {@code draws} of {@code total} items, drawn without replacement, hold one of the {@code right}. */
  private static double drawn(int right, int total, int draws) {
    double none = 1;
    for (int i = 0; i < draws; i++) {
      none *= Math.max(0.0, (double) (total - right - i) / (total - i));
    }
    return 1 - none;
  }

  /** One query: how many wrong candidates are above its best right one, how many of either sort are level with it, and all right ones. */
  private record Standing(int above, int equalWrong, int equalRight, int right) {

    static Standing of(float[] similarity, int query, int group, int[] candidateGroups) {
      int columns = candidateGroups.length;
      int row = query * columns;
      float best = Float.NEGATIVE_INFINITY;
      int right = 0;
      for (int c = 0; c < columns; c++) {
        if (Float.isNaN(similarity[row + c])) {
          throw new IllegalArgumentException("similarity of query " + query + " and candidate " + c
              + " is not a number: look for an overflow in the features, or for a vector of length 0 that was normalised");
        }
        if (candidateGroups[c] == group) {
          right++;
          best = Math.max(best, similarity[row + c]);
        }
      }
      if (right == 0) {
        throw new IllegalArgumentException("query " + query + " has no right candidate: no candidate is of group " + group);
      }
      int above = 0;
      int equalWrong = 0;
      int equalRight = 0;
      for (int c = 0; c < columns; c++) {
        boolean isRight = candidateGroups[c] == group;
        above += !isRight && similarity[row + c] > best ? 1 : 0;
        equalWrong += !isRight && similarity[row + c] == best ? 1 : 0;
        equalRight += isRight && similarity[row + c] == best ? 1 : 0;
      }
      return new Standing(above, equalWrong, equalRight, right);
    }

    double hit(int k) {
      int level = equalWrong + equalRight;
      return drawn(equalRight, level, Math.max(0, Math.min(k - above, level)));
    }
  }
}
