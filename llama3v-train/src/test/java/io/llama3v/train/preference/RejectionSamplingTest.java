package io.llama3v.train.preference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class RejectionSamplingTest {
  private static final List<String> ANSWERS = List.of("It is red.", "blue", "red", "Red!", "blue", "The answer is red", "green", " ");

  @Test
  void rightAnswersAreRankedAndCut() {
    RejectionSampling.Outcome o = new RejectionSampling(0.5, 2).choose(ANSWERS, "red", AnswerCheck.CONTAINS, answers -> {
      assertEquals(List.of("It is red.", "red", "Red!", "The answer is red"), answers);
      return new double[] {0.1, 0.9, -1, 0.9};
    });
    assertEquals(8, o.answers());
    assertEquals(4, o.right());
    assertEquals(List.of("red", "The answer is red"), o.kept());
    assertEquals("blue", o.rejected(), "the most frequent wrong answer");
  }

  @Test
  void aQuestionThatIsRarelyAnsweredIsDropped() {
    RejectionSampling.Outcome o = new RejectionSampling(0.51, 2).choose(ANSWERS, "red", AnswerCheck.CONTAINS, answers -> {
      throw new AssertionError("nothing to score");
    });
    assertEquals(List.of(), o.kept());
    assertNull(o.rejected());
    assertEquals(0.5, o.rate());
  }

  @Test
  void oneRightAnswerNeedsNoScore() {
    RejectionSampling.Outcome o = new RejectionSampling(0, 3).choose(List.of("red", "Red."), "red", AnswerCheck.EXACT, answers -> new double[] {1, 2});
    assertEquals(List.of("Red.", "red"), o.kept());
    assertNull(o.rejected(), "all are right");
    assertEquals(List.of("red"), new RejectionSampling(0, 3).choose(List.of("red", "red"), "red", AnswerCheck.EXACT, a -> null).kept());
    assertEquals(List.of(), new RejectionSampling(0, 3).choose(List.of("x"), "red", AnswerCheck.EXACT, a -> null).kept());
  }

  @Test
  void checks() {
    assertTrue(AnswerCheck.EXACT.right(" Top  left. ", "top left"));
    assertFalse(AnswerCheck.EXACT.right("It is red", "red"));
    assertTrue(AnswerCheck.SIMILAR.right("hallo", "hello"));
    assertFalse(AnswerCheck.SIMILAR.right("xyz", "hello"));
    assertThrows(IllegalArgumentException.class, () -> new RejectionSampling(1.5, 1));
    assertThrows(IllegalArgumentException.class, () -> new RejectionSampling(0.5, 0));
  }

  @Test
  void stopsWhenNothingGetsBetter() {
    EarlyStopping s = new EarlyStopping(2, List.of());
    assertTrue(s.note(10, 0.5));
    assertTrue(s.note(20, 0.7));
    assertFalse(s.note(30, 0.7), "as good is no better");
    assertFalse(s.stop());
    assertFalse(s.note(40, 0.6));
    assertTrue(s.stop());
    assertEquals(20, s.best().orElseThrow().step());
    EarlyStopping again = new EarlyStopping(2, s.scores());
    assertTrue(again.stop());
    assertTrue(again.note(20, 0.7), "a step taken again forgets what came after it");
    assertFalse(again.stop());
    assertEquals(2, again.scores().size());
  }
}
