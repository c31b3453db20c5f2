package io.llama3v.train.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.train.eval.MultipleChoice.How;
import io.llama3v.train.eval.MultipleChoice.Item;
import io.llama3v.train.eval.MultipleChoice.Parsed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class MultipleChoiceTest {
  private static final List<String> OPTIONS = List.of("the heart", "a lung", "the liver", "a kidney");

  @Test
  void readsInTheOrderOfTheOriginal() {
    assertEquals(new Parsed(1, How.LETTER), parse("B"));
    assertEquals(new Parsed(1, How.LETTER), parse("B."));
    assertEquals(new Parsed(1, How.BRACKETS), parse("A is wrong, so (B)"));
    assertEquals(new Parsed(3, How.BRACKETS), parse("(A) or (D)"));
    assertEquals(new Parsed(2, How.LETTER), parse("B or else C"), "the last letter counts");
    assertEquals(new Parsed(2, How.OPTION_TEXT), parse("it is not a lung but rather The Liver"));
    assertEquals("C", parse("(C)").letter());
  }

  @Test
  void keepsTheQuirks() {
    assertTrue(parse("B.!").guessed(), "each mark is stripped once, in a fixed order, so the stop stays");
    assertEquals(new Parsed(1, How.LETTER), parse("B!."));
    assertTrue(parse("the liver").guessed(), "option texts are looked for in answers of more than five words only");
    assertEquals(new Parsed(0, How.LETTER), parse("A lung can be seen here clearly"), "the article is taken for the letter");
    assertTrue(parse("b").guessed(), "letters are upper case");
  }

  @Test
  void aGuessDependsOnTheItemAlone() {
    int[] counts = new int[4];
    for (int i = 0; i < 4_000; i++) {
      Parsed parsed = MultipleChoice.parse("no idea", OPTIONS, "item-" + i);
      assertEquals(parsed, MultipleChoice.parse("?", OPTIONS, "item-" + i));
      counts[parsed.option()]++;
    }
    for (int count : counts) {
      assertEquals(1_000, count, 120);
    }
  }

  @Test
  void scoreTellsReadFromGuessed() {
    List<Item> items = new ArrayList<>(List.of(new Item("1", OPTIONS, 1, "B"), new Item("2", OPTIONS, 0, "C")));
    int lucky = MultipleChoice.parse("", OPTIONS, "3").option();
    items.add(new Item("3", OPTIONS, lucky, ""));
    items.add(new Item("4", OPTIONS, (MultipleChoice.parse("", OPTIONS, "4").option() + 1) % 4, ""));
    MultipleChoice.Score score = MultipleChoice.score(items);
    assertEquals(new MultipleChoice.Score(4, 0.5, 0.25, 0.5), score);
    Collections.reverse(items);
    assertEquals(score, MultipleChoice.score(items));
  }

  @Test
  void refusesAnItemWithoutOptions() {
    assertThrows(IllegalArgumentException.class, () -> MultipleChoice.parse("A", List.of(), "x"));
  }

  @Test
  void openAnswersAreFoundInTailsAndAsNumbers() {
    assertTrue(OpenAnswer.matches("The answer is Paris.", List.of("paris")));
    assertTrue(OpenAnswer.matches("So x = 3.14159", List.of("3.14")));
    assertTrue(OpenAnswer.matches("It costs $1,234", List.of("1234", "twelve")));
    assertFalse(OpenAnswer.matches("It costs $1,234.50", List.of("1234.5")), "as in the original: separators end at the point");
    assertFalse(OpenAnswer.matches("The result is 15", List.of("5")), "numbers are compared as numbers");
    assertFalse(OpenAnswer.matches("Paris is big", List.of("paris")), "only the tail after the phrase is read");
    assertTrue(OpenAnswer.matches("It is b", List.of("b")));
    assertFalse(OpenAnswer.matches("It is abc", List.of("b")), "a single character needs a blank beside it");
    assertTrue(OpenAnswer.matches("first line\nthe answer is 7", List.of("7")));
  }

  private static Parsed parse(String response) {
    return MultipleChoice.parse(response, OPTIONS, "item");
  }
}
