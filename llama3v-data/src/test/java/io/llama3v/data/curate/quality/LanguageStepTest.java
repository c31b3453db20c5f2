package io.llama3v.data.curate.quality;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LanguageStepTest {
  /** Says what it is told to. */
  private record Fixed(String language, double confidence, double next) implements LanguageIdentifier {
    @Override
    public String fingerprint() {
      return "fixed";
    }

    @Override
    public List<Guess> guess(String text) {
      return List.of(new Guess(language, confidence), new Guess("xx", next));
    }
  }

  private static LanguageStep step(String language, double next) throws IOException {
    return new LanguageStep(LanguageConfig.DEFAULT, new Fixed(language, 1, next));
  }

  @Test
  void theVocabularyDecidesWhereTheIdentifierIsNotSure() throws IOException {
    // two words: never believed
    assertNull(step("de", 0.1).judge("Altum Angelfish").reason());
    assertNull(step("de", 0.1).judge("Kenya flag").reason());
    assertEquals("not-english-words", step("en", 0.1).judge("eine Wolke").reason());
    // three words and no margin: neither
    assertNull(step("de", 0.95).judge("Altum Angelfish pond").reason());
    assertEquals("not-english-words", step("en", 0.95).judge("grüner Vogel daneben").reason());
  }

  @Test
  void theIdentifierDecidesWhereItIsSure() throws IOException {
    assertEquals("other-language", step("fr", 0.5).judge("une maison sur fond blanc").reason());
    assertNull(step("en", 0.5).judge("an Umbauwagen in Wolfenbüttel yesterday").reason());
  }

  @Test
  void whatIsAllEnglishOrAnotherScriptNeedsNoIdentifier() throws IOException {
    assertNull(step("fr", 0).judge("two running dogs beside the children's playground").reason());
    assertEquals("other-script", step("en", 0).judge("зелёная птица").reason());
    assertEquals("other-script", step("en", 0).judge("白色背景上的房子 HD").reason());
  }

  @Test
  void theVocabularyKnowsInflections() throws IOException {
    EnglishVocabulary english = new EnglishVocabulary(List.of());
    for (String word : List.of("dogs", "Boxes", "running", "stopped", "happily", "happier", "cities", "making", "geese", "the", "boy's")) {
      assertTrue(english.contains(word), word);
    }
    for (String word : List.of("grüner", "daneben", "beaucoup", "xyzzy", "regenschirm", "zelfportretten", "la", "est", "des", "las")) {
      assertFalse(english.contains(word), word);
    }
    assertEquals(0.5, english.share("red Regenschirm, 2 x"));
    assertEquals(-1, english.share("42!"));
  }

  /** Short captions as people write them; the model itself in its small form. */
  @Test
  void linguaAndVocabularyTellShortCaptionsApart() throws IOException {
    List<String> english = List.of("a red house", "three yellow compass icons", "man riding a wave on top of a surfboard", "Kenya flag",
        "Altum Angelfish", "the logo of a bank", "grilled cheese sandwich", "vector illustration of a fox", "my new bicycle", "sunset over Tokyo");
    List<String> foreign = List.of("ein rotes Haus", "drei gelbe Kompasse", "un homme avec un parapluie", "le chat est sur la table",
        "una casa con un árbol", "la bicicleta de mi hermano", "een rode auto naast een boom", "um navio e uma ponte", "una tazza di caffè",
        "der alte Schlüssel liegt dort");
    LanguageConfig small = new LanguageConfig(null, null, null, 0, null, null, true);
    List<String> wrong = new ArrayList<>();
    try (LanguageStep step = new LanguageStep(small)) {
      english.stream().filter(c -> step.judge(c).reason() != null).forEach(wrong::add);
      foreign.stream().filter(c -> step.judge(c).reason() == null).forEach(wrong::add);
    }
    assertEquals(List.of(), wrong);
  }
}
