package io.llama3v.train.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.llama3v.train.eval.Anls.Variant;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnlsTest {

  @Test
  void countsEdits() {
    assertEquals(3, Anls.distance("kitten", "sitting"));
    assertEquals(3, Anls.distance("", "abc"));
    assertEquals(1, Anls.distance("a\uD83D\uDE00", "a"), "one code point, not two units");
  }

  @Test
  void takesTheBestAnswer() {
    assertEquals(1.0, Anls.score("Paris", List.of("London", "paris")));
    assertEquals(0.8, Anls.score("pariz", List.of("London", "paris")), 1e-12);
    assertEquals(0.0, Anls.score("Rome", List.of("Paris")));
  }

  @Test
  void theVariantsDifferAtOneHalf() {
    assertEquals(0.5, Anls.score("ab", List.of("ax"), Variant.RRC));
    assertEquals(0.0, Anls.score("ab", List.of("ax"), Variant.PIX2STRUCT));
  }

  @Test
  void theVariantsDifferOnBlanks() {
    assertEquals(1.0, Anls.score("a  b", List.of("a b"), Variant.RRC));
    assertEquals(0.75, Anls.score("a  b", List.of("a b"), Variant.PIX2STRUCT));
    // Distance 2 ("abc" to "xyc"), length 6 as written: 1 - 2/6, though 1 - 2/3 would fall below the threshold.
    assertEquals(1 - 2.0 / 6, Anls.score("   xyc", List.of("abc"), Variant.RRC), 1e-12);
  }

  @Test
  void lengthIsThatOfTheUpperCase() {
    // "\u00DF" becomes "SS": length 2, distance 1, similarity one half.
    assertEquals(0.5, Anls.score("s", List.of("\u00DF"), Variant.RRC));
    assertEquals(0.0, Anls.score("s", List.of("\u00DF"), Variant.PIX2STRUCT));
  }

  @Test
  void emptyMatchesEmpty() {
    assertEquals(1.0, Anls.score("", List.of(""), Variant.RRC));
    assertEquals(1.0, Anls.score("", List.of(""), Variant.PIX2STRUCT));
    assertEquals(0.0, Anls.score("", List.of("abc")));
  }
}
