package io.llama3v.data.curate.quality;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.llama3v.data.curate.Candidate;
import io.llama3v.data.curate.CurationRecord;
import io.llama3v.data.curate.PictureInfo;
import io.llama3v.image.ImageFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RulesStepTest {
  private final RulesStep step = new RulesStep(RulesConfig.DEFAULT);

  private static CurationRecord record(int width, int height, String... captions) {
    return CurationRecord.read("a", "a", 0, 0, List.of(captions), new PictureInfo(ImageFormat.JPEG, width, height, 1000));
  }

  private CurationRecord run(CurationRecord record) {
    return step.measure(List.of(new Candidate(record, null))).get(0);
  }

  @Test
  void captionsAreJudgedByWordsCharactersAndKind() {
    assertNull(step.reason("a dog barks"));
    assertEquals("few-words", step.reason("two words"));
    assertEquals("few-characters", step.reason("a b c"));
    assertEquals("few-letters", step.reason("12 34 56 $$ !! ab"));
    assertEquals("many-words", step.reason("word ".repeat(257).strip()));
    assertEquals("many-characters", step.reason("a b " + "x".repeat(1997)));
    assertEquals("repeated-words", step.reason("sale sale sale sale sale sale sale now"));
    assertNull(step.reason("the cat and the dog and the bird")); // 3 of 8 are repetitions
    for (String name : List.of("IMG_0042.jpg", "dsc00017", "photo 12 (3)", "holiday-rome.PNG", "Screenshot_2")) {
      assertEquals("file-name", step.reason(name), name);
    }
    assertEquals("address", step.reason("https://example.org/a-b-c"));
  }

  @Test
  void picturesAreJudgedBySize() {
    assertEquals("picture-small", run(record(199, 500, "a dog barks")).drop().reason());
    assertEquals("picture-elongated", run(record(601, 200, "a dog barks")).drop().reason());
    assertNull(run(record(600, 200, "a dog barks")).drop());
    assertEquals("picture-large", run(record(9000, 4001, "a dog barks")).drop().reason());
    assertEquals(2.5, run(record(200, 500, "a dog barks")).scores().get("aspect"));
  }

  @Test
  void aSampleStaysWithItsGoodCaptions() {
    CurationRecord mixed = run(record(300, 300, "no", "a dog barks", "IMG_1.jpg"));
    assertEquals(List.of("a dog barks"), mixed.captions());
    assertEquals("few-words", run(record(300, 300, "no", "IMG_1.jpg")).drop().reason());
  }

  @Test
  void scoresOfTheInputCanBeBounded() {
    RulesStep bounded = new RulesStep(new RulesConfig(1, 0, 1, 0, null, null, 1, 9, 0, Map.of("input.similarity", 0.3), Map.of("input.nsfw", 0.5)));
    CurationRecord plain = record(10, 10, "fine");
    assertNull(bounded.measure(List.of(new Candidate(plain, null))).get(0).drop());
    assertEquals("score-low", bounded.measure(List.of(new Candidate(plain.withScore("input.similarity", 0.29), null))).get(0).drop().reason());
    assertEquals("score-high", bounded.measure(List.of(new Candidate(plain.withScore("input.nsfw", 0.51), null))).get(0).drop().reason());
  }

  @Test
  void boundsThatContradictAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new RulesConfig(5, 4, 0, 0, null, null, 0, 0, 0, null, null));
    assertThrows(IllegalArgumentException.class, () -> new RulesConfig(0, 0, 0, 0, null, null, 0, 0.5, 0, null, null));
  }
}
