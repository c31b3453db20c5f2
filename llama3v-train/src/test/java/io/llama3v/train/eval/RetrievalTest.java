package io.llama3v.train.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.llama3v.train.eval.Retrieval.Ties;
import org.junit.jupiter.api.Test;

class RetrievalTest {

  @Test
  void ranksByHand() {
    float[] similarity = {
        0.9f, 0.1f, 0.2f, 0.3f,    // rank 1
        0.9f, 0.5f, 0.1f, 0.2f,    // rank 2
        0.9f, 0.8f, 0.1f, 0.7f,    // rank 4
        0.1f, 0.2f, 0.3f, 0.4f};   // rank 1
    Retrieval r = Retrieval.diagonal(similarity, 4);
    assertEquals(0.5, r.r1());
    assertEquals(1.0, r.r5());
    assertEquals(1.5, r.medianRank());
    assertEquals(0.0, r.tied());
    assertEquals(0.25, r.chance1(), 1e-12);
    assertEquals(1.0, r.chance10(), 1e-12);
  }

  @Test
  void aModelThatSaysTheSameOfEverythingScoresChance() {
    Retrieval r = Retrieval.diagonal(new float[20 * 20], 20);
    assertEquals(1.0 / 20, r.r1(), 1e-12);
    assertEquals(5.0 / 20, r.r5(), 1e-12);
    assertEquals(10.0 / 20, r.r10(), 1e-12);
    assertEquals(10.5, r.medianRank(), 1e-12);
    assertEquals(1.0, r.tied());
    assertEquals(r.r5(), r.chance5(), 1e-12);
  }

  @Test
  void worstRankLosesEveryTie() {
    int[] groups = {0, 1};
    Retrieval r = Retrieval.of(new float[] {1, 1, 0, 1}, groups, groups, Ties.WORST);
    assertEquals(0.5, r.r1());
    assertEquals(1.5, r.medianRank());
    assertEquals(0.75, Retrieval.of(new float[] {1, 1, 0, 1}, groups, groups, Ties.EXPECTED).r1());
  }

  @Test
  void aGroupMayHaveSeveralRightCandidates() {
    // One query of group 7; candidates 1 and 3 are right; the first right one is third.
    Retrieval r = Retrieval.of(new float[] {0.9f, 0.5f, 0.8f, 0.1f}, new int[] {7}, new int[] {1, 7, 2, 7}, Ties.EXPECTED);
    assertEquals(0.0, r.r1());
    assertEquals(3.0, r.medianRank());
    assertEquals(0.5, r.chance1(), 1e-12);
    // All level: two of four are right.
    Retrieval level = Retrieval.of(new float[4], new int[] {7}, new int[] {1, 7, 2, 7}, Ties.EXPECTED);
    assertEquals(0.5, level.r1(), 1e-12);
    assertEquals(5.0 / 3, level.medianRank(), 1e-12);
  }

  @Test
  void refusesWhatCannotBeRanked() {
    assertThrows(IllegalArgumentException.class, () -> Retrieval.diagonal(new float[] {1, Float.NaN, 0, 1}, 2));
    assertThrows(IllegalArgumentException.class, () -> Retrieval.diagonal(new float[3], 2));
    assertThrows(IllegalArgumentException.class,
        () -> Retrieval.of(new float[1], new int[] {1}, new int[] {2}, Ties.EXPECTED));
  }
}
