package io.llama3v.train.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CaptionAndMatchTest {

  @Test
  void tokenF1CountsWordsWithTheirMultiplicity() {
    assertEquals(List.of("a", "red", "house", "dont", "caf\u00e9"), TokenF1.tokens("A red-house; don't caf\u00e9!"));
    assertEquals(1.0, TokenF1.score("A red house.", "a Red, house"));
    assertEquals(2.0 * 2 / 6, TokenF1.score("a red car", "a blue car"), 1e-12);
    assertEquals(2.0 * 1 / 4, TokenF1.score("red red red", "red"), 1e-12);
    assertEquals(1.0, TokenF1.score("...", ""));
    assertEquals(0.0, TokenF1.score("", "red"));
    assertEquals(1.0, TokenF1.score("red", List.of("blue", "red")));
    assertThrows(IllegalArgumentException.class, () -> TokenF1.score("red", List.of()));
  }

  @Test
  void exactMatchForgivesCaseBlanksAndAFinalStop() {
    assertTrue(ExactMatch.matches(" Top  Left.", "top left"));
    assertFalse(ExactMatch.matches("the top left", "top left"));
    assertFalse(ExactMatch.matches("3.5", "35"));
  }

  @Test
  void exactMatchScoresEachKindAgainstItsMajority() {
    Map<String, ExactMatch.Score> scores = ExactMatch.byKind(List.of(
        new ExactMatch.Answer("colour", "red", "Red"), new ExactMatch.Answer("colour", "blue", "red"),
        new ExactMatch.Answer("count", "2", "2"), new ExactMatch.Answer("colour", "red", "green")));
    assertEquals(List.of("colour", "count"), List.copyOf(scores.keySet()));
    assertEquals(new ExactMatch.Score(3, 1, 2.0 / 3), scores.get("colour"));
    assertEquals(1.0 / 3, scores.get("colour").accuracy());
    assertEquals(1.0, scores.get("count").accuracy());
  }

  @Test
  void groupedMeansAreWeightedByItems() {
    GroupedMean mean = GroupedMean.of(List.of("human", "augmented", "augmented", "augmented"), new double[] {0, 1, 1, 1});
    assertEquals(new GroupedMean.Mean(4, 0.75), mean.overall());
    assertEquals(new GroupedMean.Mean(3, 1.0), mean.groups().get("augmented"));
    assertThrows(IllegalArgumentException.class, () -> GroupedMean.of(List.of("a"), new double[2]));
  }
}
