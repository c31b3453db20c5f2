package io.llama3v.data.curate.decontaminate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.data.curate.CurationRecord;
import io.llama3v.data.curate.Drop;
import io.llama3v.data.curate.PassOverShards;
import io.llama3v.data.curate.PassOverShards.Input;
import io.llama3v.data.curate.dedup.PerceptualHash;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.sample.SampleSource;
import io.llama3v.data.shard.TarShardWriter;
import io.llama3v.image.ImageEdits;
import io.llama3v.image.Resize;
import io.llama3v.image.RgbImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DecontaminationStepTest {
  private static final String QUESTION = "Which of the two towers in the picture is the taller one?";
  @TempDir
  private Path folder;

  @Test
  void phrasesByHand() {
    PhraseSet four = new PhraseSet(4, List.of("a b c d e", "x, y -- Z!"));
    // a-b-c-d, b-c-d-e, and x-y-z whole.
    assertEquals(3, four.size());
    assertEquals(0.5, four.overlap("A  b. c, D q"));
    assertEquals(1, four.overlap("b c d e"));
    assertEquals(0, four.overlap("a b d c e"));
    assertEquals(1, four.overlap("x y z"), "a short text as a whole");
    assertEquals(0, four.overlap("x y z w"), "its words within a longer one's phrases do not count");
    assertEquals(0, four.overlap("x"), "too short for anything");
    assertEquals(0, new PhraseSet(4, List.of("x")).size());
    assertEquals(0, new PhraseSet(8, List.of()).overlap(QUESTION));
  }

  private static RgbImage tiles(int seed) {
    int[] colours = new Random(seed).ints(64, 0, 1 << 24).toArray();
    byte[] rgb = new byte[3 * 64 * 64];
    for (int i = 0; i < rgb.length; i++) rgb[i] = (byte) (colours[8 * (i / 3 / 64 / 8) + i / 3 % 64 / 8] >> 8 * (i % 3));
    return new RgbImage(64, 64, rgb);
  }

  private static Input input(String key, RgbImage image, String... captions) {
    return new Input(CurationRecord.read(key, key, 0, 0, List.of(captions), null), ImageEdits.jpegBytes(image, 0.8));
  }

  @Test
  void picturesAndQuestionsOfTheBenchmarkAreDropped() throws IOException {
    SampleSource benchmark = SampleSource.of(List.of(
        new Sample("q1", Map.of("jpg", ImageEdits.jpegBytes(tiles(1), 0.9))), new Sample("q2", Map.of("jpg", ImageEdits.jpegBytes(tiles(2), 0.9)))));
    BenchmarkPictures pictures = new BenchmarkPictures(benchmark, PerceptualHash.COSINE);
    DecontaminationStep step = new DecontaminationStep(new Decontaminator(List.of(QUESTION), 8, 0, pictures, PerceptualHash.COSINE, 0.8));
    List<CurationRecord> r = PassOverShards.run(step, List.of(List.of(input("clean", tiles(3), "a tower"),
        input("copy", Resize.resize(tiles(2), 50, 50, Resize.Filter.BILINEAR), "another caption"),
        input("asked", tiles(4), "a tower", "Q: which of the two towers in the picture is the taller one"))), 2, folder);
    assertTrue(r.get(0).kept());
    assertEquals(0, r.get(0).scores().get("benchmark-text"));
    assertEquals(new Drop("decontaminate", "benchmark-picture"), r.get(1).drop());
    assertEquals("q2", r.get(1).notes().get("benchmark"));
    assertTrue(r.get(1).scores().get("benchmark-picture") >= 0.8 && r.get(0).scores().get("benchmark-picture") < 0.8);
    assertEquals(new Drop("decontaminate", "benchmark-text"), r.get(2).drop());
    // 13 words have 6 phrases; the one with the Q is not in the question.
    assertEquals(5 / 6.0, r.get(2).scores().get("benchmark-text"), 1e-12);
    DecontaminationStep lenient = new DecontaminationStep(new Decontaminator(List.of(QUESTION), 8, 0.85, null, null, 0));
    assertTrue(PassOverShards.run(lenient, List.of(List.of(input("asked", tiles(4),
        "Q: which of the two towers in the picture is the taller one"))), 1, folder).get(0).kept());
    SampleSource damaged = SampleSource.of(List.of(new Sample("bad", Map.of("jpg", new byte[50]))));
    assertTrue(assertThrows(IOException.class, () -> new BenchmarkPictures(damaged, PerceptualHash.COSINE)).getMessage().contains("bad"));
  }

  @Test
  void aConversationIsLookedAtTurnByTurn() throws IOException {
    SampleSource benchmark = SampleSource.of(List.of(new Sample("q1", Map.of("jpg", ImageEdits.jpegBytes(tiles(1), 0.9), "json",
        ("{\"conversations\": [{\"question\": \"" + QUESTION + "\", \"answer\": \"the left one\"}], \"answers\": [\"left\", 3]}").getBytes()))));
    assertEquals(List.of(QUESTION, "left"), BenchmarkTexts.of(benchmark, List.of("question", "answers")));
    assertTrue(assertThrows(IOException.class, () -> BenchmarkTexts.of(benchmark, List.of("query"))).getMessage().contains("[query]"));
    try (Decontaminator check = new Decontaminator(BenchmarkTexts.of(benchmark, List.of("question")), 8, 0,
        new BenchmarkPictures(benchmark, PerceptualHash.COSINE), PerceptualHash.COSINE, 0.8)) {
      assertFalse(check.find(List.of("What is this?", "A tower."), tiles(3)).contaminated());
      Decontaminator.Finding asked = check.find(List.of("What is this?", "A tower.", "And " + QUESTION), tiles(3));
      // 13 words have 6 phrases; the first begins with the And.
      assertEquals(5 / 6.0, asked.overlap(), 1e-12);
      assertTrue(asked.text() && !asked.picture());
      Decontaminator.Finding seen = check.find(List.of("What is this?"), ImageEdits.jpeg(tiles(1), 0.5));
      assertTrue(seen.picture() && !seen.text());
      assertEquals("q1", seen.nearest().key());
      assertNull(check.find(List.of("text alone"), (RgbImage) null).nearest());
    }
  }

  @Test
  void aSectionNamesShardsAndFields() throws IOException {
    try (TarShardWriter writer = new TarShardWriter(folder.resolve("eval"), "e", 10, Long.MAX_VALUE)) {
      writer.write(new Sample("q1", Map.of("jpg", ImageEdits.jpegBytes(tiles(1), 0.9), "json", ("{\"question\": \"" + QUESTION + "\"}").getBytes())));
    }
    Path more = Files.writeString(folder.resolve("more.txt"), "How many of the windows in the upper row are open\n");
    DecontaminationConfig config = new DecontaminationConfig(List.of(more), folder.resolve("eval") + "/e-*.tar", List.of("question"), 0, 0, null, null, null);
    try (Decontaminator check = config.open(PerceptualHash.COSINE)) {
      assertTrue(check.find(List.of(QUESTION), tiles(3)).text());
      assertTrue(check.find(List.of("how many of the windows in the upper row"), tiles(3)).text());
      assertTrue(check.find(List.of("a cat"), tiles(1)).picture());
      assertFalse(check.find(List.of("a cat"), tiles(3)).contaminated());
    }
    assertThrows(IllegalArgumentException.class, () -> new DecontaminationConfig(null, null, null, 0, 0, null, null, null));
    assertThrows(IllegalArgumentException.class, () -> new DecontaminationConfig(List.of(more), null, List.of("question"), 0, 0, null, null, null));
  }
}
