package io.llama3v.train.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class VqaAccuracyTest {

  @Test
  void equalsTheOfficialScorerBitForBit() throws IOException {
    JsonNode cases;
    try (InputStream in = VqaAccuracyTest.class.getResourceAsStream("vqa-cases.json")) {
      cases = new ObjectMapper().readTree(in);
    }
    for (JsonNode c : cases.get("normalize")) {
      assertEquals(c.get("normalized").asText(), VqaAccuracy.normalize(c.get("text").asText()), c.get("text").asText());
    }
    for (JsonNode c : cases.get("score")) {
      List<String> answers = new ArrayList<>();
      c.get("answers").forEach(answer -> answers.add(answer.asText()));
      assertEquals(c.get("score").asDouble(), VqaAccuracy.score(c.get("prediction").asText(), answers), c.toString());
    }
  }

  @Test
  void countsMatchesAmongTheOthers() {
    assertEquals(0.3, VqaAccuracy.score("cat", answers("cat", 1, "dog", 9)), 1e-12);
    assertEquals(0.6, VqaAccuracy.score("cat", answers("cat", 2, "dog", 8)), 1e-12);
    assertEquals(0.9, VqaAccuracy.score("cat", answers("cat", 3, "dog", 7)), 1e-12);
    assertEquals(1.0, VqaAccuracy.score("cat", answers("cat", 4, "dog", 6)), 1e-12);
  }

  @Test
  void normalisesOnlyWhenAnswersDiffer() {
    assertEquals(0.0, VqaAccuracy.score("Yes", answers("yes", 10, "no", 0)));
    assertEquals(1.0, VqaAccuracy.score("Yes", answers("yes", 9, "no", 1)));
  }

  @Test
  void removesOnlyThirtyTwoStops() {
    assertEquals("x".repeat(32) + "x.".repeat(8), VqaAccuracy.normalize("x.".repeat(40)));
  }

  @Test
  void oneDigitCommaDigitMakesEveryMarkVanish() {
    assertEquals("12 ab c", VqaAccuracy.normalize("1,2 a-b; c"));
    assertEquals("b", VqaAccuracy.normalize("a-b"));
  }

  @Test
  void refusesNoAnswers() {
    assertThrows(IllegalArgumentException.class, () -> VqaAccuracy.score("cat", List.of()));
  }

  private static List<String> answers(String first, int n, String second, int m) {
    List<String> answers = new ArrayList<>(Collections.nCopies(n, first));
    answers.addAll(Collections.nCopies(m, second));
    return answers;
  }
}
