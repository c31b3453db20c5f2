package io.llama3v.data.convert.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.config.ConfigException;
import io.llama3v.data.convert.Metric;
import io.llama3v.data.convert.Task;
import io.llama3v.data.convert.Truth;
import io.llama3v.data.document.grounding.BoxText.Fractions;
import io.llama3v.text.Content;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemplatesTest {
  private static final Templates STANDARD = Templates.standard();
  private static final Task.ShortAnswer SHORT = new Task.ShortAnswer("Is the sky {answer} dark?", "yes", List.of("yes"), null);

  @Test
  void theSameSeedAndKeyGiveTheSameWordsAndManyKeysGiveMany() {
    Set<String> questions = new HashSet<>();
    for (int i = 0; i < 300; i++) {
      Turn turn = STANDARD.render(SHORT, 1, "k" + i);
      assertEquals(turn, Templates.standard().render(SHORT, 1, "k" + i));
      questions.add(turn.question());
      assertTrue(turn.answer().toLowerCase().contains("yes"), turn.answer());
      // what the data says in braces is no placeholder
      assertTrue(turn.question().contains("Is the sky {answer} dark?"), turn.question());
    }
    // ten of the eleven: the one that needs the set's sentence has none to use
    assertEquals(10, questions.size());
    Set<String> other = new HashSet<>();
    for (int i = 0; i < 20; i++) other.add(STANDARD.render(SHORT, 2, "k" + i).question().equals(STANDARD.render(SHORT, 1, "k" + i).question()) ? "same" : "other");
    assertTrue(other.contains("other"));
  }

  @Test
  void sentencesAreUsedWhereTheSetHasThem() {
    Task.ShortAnswer full = new Task.ShortAnswer("Is it dark?", "yes", List.of("yes"), "Yes, it is dark.");
    Set<String> answers = new HashSet<>();
    for (int i = 0; i < 300; i++) answers.add(STANDARD.render(full, 0, "k" + i).answer());
    assertEquals(Set.of("yes", "Yes.", "The answer is yes.", "Yes, it is dark."), answers);
  }

  @Test
  void optionsKeepTheirLettersAndContextIsNeverLeftOut() {
    Task.Choice choice = new Task.Choice("Which?", "Read me.", List.of("ears", "nose"), 1, "Because noses smell.");
    for (int i = 0; i < 100; i++) {
      Turn turn = STANDARD.render(choice, 0, "k" + i);
      assertTrue(turn.question().contains("Read me.") && turn.question().contains("Which?"), turn.question());
      assertTrue(turn.question().contains("A. ears\nB. nose"), turn.question());
      assertTrue(turn.answer().contains("B"), turn.answer());
    }
  }

  @Test
  void regionsAreAskedBothWays() {
    Task.Region region = new Task.Region("a red car", new Fractions(0.1, 0.2, 0.3, 1));
    Set<Boolean> boxAsked = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      Turn turn = STANDARD.render(region, 0, "k" + i);
      boolean asked = turn.question().contains("<box>(0.100,0.200,0.300,1.000)</box>");
      boxAsked.add(asked);
      assertNotEquals(asked, turn.answer().contains("<box>"));
      assertTrue((turn.question() + turn.answer()).contains(" red car"));
    }
    assertEquals(2, boxAsked.size());
  }

  @Test
  void oneOfTheCaptionsIsChosen() {
    Set<String> chosen = new HashSet<>();
    for (int i = 0; i < 60; i++) chosen.add(STANDARD.render(new Task.Caption(List.of("One.", "Two.", "Three.")), 0, "k" + i).answer());
    assertEquals(Set.of("One.", "Two.", "Three."), chosen);
  }

  @Test
  void ownTemplatesAreCheckedWithFileAndLine(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("t.yaml"), "short_answer:\n  - question: \"{question}\"\n    anwsers: [\"{answer}\"]\n");
    String message = assertThrows(ConfigException.class, () -> Templates.load(file)).getMessage();
    assertTrue(message.contains("t.yaml:3") && message.contains("anwsers"), message);
    assertThrows(IllegalArgumentException.class, () -> new Templates.Wording("q", List.of()));
  }

  @Test
  void benchmarksHaveOneWording() {
    assertEquals("What?\nAnswer the question using a single word or phrase.", prompt(Metric.VQA_ACCURACY, List.of()));
    assertEquals("What?\nAnswer the question using a single word or phrase.", prompt(Metric.ANLS, List.of()));
    assertEquals("What?\nAnswer the question with a single word.", prompt(Metric.RELAXED_ACCURACY, List.of()));
    assertEquals("What?\nA. x\nB. y\nAnswer with the option's letter from the given choices directly.", prompt(Metric.MULTIPLE_CHOICE, List.of("x", "y")));
  }

  private static String prompt(Metric metric, List<String> options) {
    return BenchmarkPrompt.of(new Truth("1", 0, metric, "What?", List.of("A"), options, "", false));
  }

  @Test
  void picturesStandWhereTheirMarksAre() {
    Content image = new Content.Image();
    PictureMarks placed = PictureMarks.place("Compare <image 3> with <image 1>, then <image 3>.", 3, true);
    assertEquals(List.of(image, new Content.Text("Compare "), image, new Content.Text(" with "), image, new Content.Text(", then image 3.")), placed.content());
    assertEquals(List.of(1, 2, 0), placed.order());
    assertEquals("<image 2>, <image 3>", placed.renumber("<image 3>, <image 1>"));
    assertEquals(List.of(image, new Content.Text("<image 1> is a word")), PictureMarks.place("<image 1> is a word", 1, false).content());
    assertThrows(IllegalArgumentException.class, () -> PictureMarks.place("<image 2>", 1, true));
  }
}
