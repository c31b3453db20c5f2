package io.llama3v.data.convert.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.llama3v.data.convert.Task;
import io.llama3v.data.convert.text.Turn;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswerKeptTest {
  private static final AnswerKept CHECK = new AnswerKept(null);

  private static String lost(String truth, String answer) {
    return lost(CHECK, truth, "What is it?", answer);
  }

  private static String lost(AnswerKept check, String truth, String question, String answer) {
    return check.lost(new Task.ShortAnswer("What is there?", truth, List.of(truth), null), new Turn(question, answer));
  }

  @Test
  void theAnswerMustOccurInWholeWords() {
    assertNull(lost("red", "It is Red."));
    assertNull(lost("1/8/93", "The letter is dated 1/8/93."));
    assertNull(lost("$4,512.75", "The total is $4,512.75, it says."));
    assertNull(lost("New York", "A street in New York"));
    assertEquals("answer-lost", lost("red", "It is reddish."));
    assertEquals("answer-lost", lost("2", "There are 12."));
    assertEquals("answer-lost", lost("2", "There are 2.5."));
    assertEquals("answer-lost", lost("$5", "It costs 5 euros"));
    assertEquals("answer-lost", lost("-3", "The change is 3."));
    assertEquals("answer-lost", lost("New York", "York, a new town"));
    assertEquals("empty", lost("red", " "));
  }

  @Test
  void theSetsOwnNormalizationDecides() {
    AnswerKept numbers = new AnswerKept(text -> text.toLowerCase().replace("two", "2"));
    assertNull(lost(numbers, "2", "How many?", "There are two."));
    assertEquals("answer-lost", lost("2", "There are two."));
  }

  @Test
  void denialsAreNoAnswers() {
    assertEquals("answer-denied", lost("red", "It is not red."));
    assertEquals("answer-denied", lost("red", "It isn't red but blue."));
    assertNull(lost("no", "No, it is not."));
    assertEquals("answer-denied", lost("no", "Yes, though no cat is there."));
    assertNull(lost("yes", "Yes, it is dark."));
    assertEquals("answer-denied", lost("yes", "Some say yes."));
    assertEquals("answer-denied", lost("yes", "Yes and no."));
    assertNull(lost("not sure", "I am not sure."));
  }

  @Test
  void theQuestionMustNotGiveTheAnswerAway() {
    assertEquals("answer-in-question", lost(CHECK, "red", "Is the red car red?", "It is red."));
    Task.ShortAnswer either = new Task.ShortAnswer("Is it red or blue?", "red", List.of("red"), null);
    assertNull(CHECK.lost(either, new Turn("Red or blue, which is it?", "It is red.")));
  }

  @Test
  void ofOptionsTheLastLetterCounts() {
    Task.Choice choice = new Task.Choice("Which?", null, List.of("a cat", "a dog", "a dog house"), 1, null);
    assertNull(CHECK.lost(choice, new Turn("q", "It is (B).")));
    assertNull(CHECK.lost(choice, new Turn("q", "A is too small, so it must be B.")));
    assertNull(CHECK.lost(choice, new Turn("q", "A dog is what we see: B")));
    assertNull(CHECK.lost(choice, new Turn("q", "One can see a dog.")));
    assertEquals("answer-lost", CHECK.lost(choice, new Turn("q", "It is (B), or rather (C).")));
    assertEquals("answer-lost", CHECK.lost(choice, new Turn("q", "One sees a dog house.")));
    assertEquals("answer-lost", CHECK.lost(choice, new Turn("q", "Hard to say.")));
  }

  @Test
  void captionsKeepTheirWords() {
    Task.Caption caption = new Task.Caption(List.of("Two men ride horses.", "Riders at dawn, 2 of them"));
    assertNull(CHECK.lost(caption, new Turn("q", "In this scene, horses: men ride them.")));
    assertNull(CHECK.lost(caption, new Turn("q", "At dawn there are 2 riders, them and nobody else.")));
    assertEquals("answer-lost", CHECK.lost(caption, new Turn("q", "Two men on animals.")));
  }
}
