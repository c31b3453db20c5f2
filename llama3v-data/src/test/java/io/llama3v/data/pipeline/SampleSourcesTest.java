package io.llama3v.data.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.data.curate.TestPictures;
import io.llama3v.data.format.LineException;
import io.llama3v.data.sample.Captions;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.shard.TarShardWriter;
import io.llama3v.tensor.Mix64;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleSourcesTest {
  @TempDir Path dir;

  private void shards() throws IOException {
    try (TarShardWriter writer = new TarShardWriter(dir, "s", 3, Long.MAX_VALUE)) {
      for (int i = 0; i < 6; i++) {
        writer.write(TestPictures.sample("k" + i, TestPictures.png(8, 8, i), "caption " + i));
      }
    }
  }

  private static List<String> keys(OpenSource source) throws IOException {
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < source.size(); i++) {
      keys.add(source.read(i).key());
    }
    return keys;
  }

  private Path selection(Map<String, List<String>> shards, Map<String, List<String>> captions) throws IOException {
    Path file = dir.resolve("sel.jsonl.gz");
    try (Selection.Writer writer = new Selection.Writer(file)) {
      for (Map.Entry<String, List<String>> shard : shards.entrySet()) {
        writer.shard(shard.getKey(), shard.getValue(), captions);
      }
      writer.publish();
    }
    return file;
  }

  @Test
  void aSelectionLeavesOutAndRecaptions() throws IOException {
    shards();
    Path file = selection(Map.of("s-000000.tar", List.of("k2", "k0"), "s-000001.tar", List.of("k4")), Map.of("k4", List.of("new", "newer")));
    try (OpenSource all = SampleSources.open(dir + "/s-*.tar"); OpenSource some = SampleSources.open(dir + "/s-*.tar#selection=" + file)) {
      assertEquals(List.of("k0", "k2", "k4"), keys(some));
      assertEquals("caption 2", some.read(1).text());
      assertEquals("new", some.read(2).text());
      assertEquals(List.of("new", "newer"), Captions.of(some.read(2)));
      assertNotEquals(all.fingerprint(), some.fingerprint());
    }
  }

  @Test
  void aShardWithMoreCaptionsThanALineTakesIsRead() throws IOException {
    shards();
    StringBuilder letters = new StringBuilder(); // 5.7 million; three such captions are more than the 16 MB that a line may have
    new Random(1).ints(5_700_000, 'a', 'z' + 1).forEach(c -> letters.append((char) c));
    String caption = letters.toString();
    Path file = selection(Map.of("s-000000.tar", List.of("k0", "k1", "k2"), "s-000001.tar", List.of()),
        Map.of("k0", List.of("0" + caption), "k1", List.of("1" + caption), "k2", List.of("2" + caption)));
    try (OpenSource some = SampleSources.open(dir + "/s-*.tar#selection=" + file)) {
      assertEquals(List.of("k0", "k1", "k2"), keys(some));
      assertEquals("2" + caption, some.read(2).text());
    }
  }

  @Test
  void theFilesOfASourceAreNamedWithoutOpeningThem() throws IOException {
    shards();
    String spec = dir + "/s-*.tar#selection=" + dir.resolve("sel.jsonl.gz");
    assertThrows(IOException.class, () -> SampleSources.files(spec));
    Path file = selection(Map.of(), Map.of());
    assertEquals(List.of(dir.resolve("s-000000.tar"), dir.resolve("s-000001.tar"), file), SampleSources.files(spec));
  }

  @Test
  void aSelectionOfOtherShardsIsRefused() throws IOException {
    shards();
    Path missing = selection(Map.of("s-000000.tar", List.of("k0")), Map.of());
    assertThrows(IllegalArgumentException.class, () -> SampleSources.open(dir + "/s-*.tar#selection=" + missing));
    Path wrong = selection(Map.of("s-000000.tar", List.of("k9"), "s-000001.tar", List.of()), Map.of());
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> SampleSources.open(dir + "/s-*.tar#selection=" + wrong));
    assertTrue(e.getMessage().contains("k9"), e.getMessage());
  }

  @Test
  void linesAreReadAtRandom() throws IOException {
    Files.write(dir.resolve("a.png"), TestPictures.png(8, 8, 1));
    Files.writeString(dir.resolve("p-0.jsonl"), "{\"image\": \"a.png\", \"caption\": \"one\"}\n\n{\"image\": \"none.png\", \"caption\": \"two\"}\n");
    Files.writeString(dir.resolve("p-1.jsonl"), "{\"image\": \"a.png\", \"caption\": \"three\", \"key\": \"own\"}");
    try (OpenSource source = SampleSources.open(dir + "/p-*.jsonl")) {
      assertEquals(3, source.size());
      assertEquals("three", source.read(2).text());
      assertEquals("own", source.read(2).key());
      assertEquals("p-0-000000001", source.read(0).key());
      assertEquals("picture-missing", assertThrows(LineException.class, () -> source.read(1)).reason());
    }
  }

  private DataLoader.Builder<Sample> threeWithOneBad() throws IOException {
    linesAreReadAtRandom();
    return DataLoader.open(dir + "/p-*.jsonl").batchSize(3).shuffle(false);
  }

  @Test
  void badSamplesAreSkippedWrittenDownOrRaised() throws IOException {
    try (DataLoader<Sample> loader = threeWithOneBad().build()) {
      assertEquals(List.of("one", "three", "three"), loader.next().stream().map(Sample::text).toList());
      assertEquals(1, loader.badSamples().count());
    }
    Path file = dir.resolve("bad/q.jsonl");
    try (DataLoader<Sample> loader = threeWithOneBad().quarantine(file).build()) {
      loader.next();
      loader.next();
    }
    List<String> lines = Files.readAllLines(file);
    assertEquals(2, lines.size());
    assertTrue(lines.get(0).startsWith("{\"position\":1,") && lines.get(1).startsWith("{\"position\":4,"), lines.toString());
    assertTrue(lines.get(0).contains("LineException") && lines.get(0).contains("none.png"), lines.toString());
    try (DataLoader<Sample> loader = threeWithOneBad().onBad(BadSamplePolicy.RAISE).build()) {
      TooManyBadSamplesException stop = assertThrows(TooManyBadSamplesException.class, loader::next);
      assertTrue(stop.getCause() instanceof LineException, String.valueOf(stop.getCause()));
    }
  }

  @Test
  void windowedLoadersResumeAtAnyPlace() throws IOException {
    shards();
    List<String> whole = new ArrayList<>();
    try (DataLoader<Sample> loader = DataLoader.open(dir + "/s-*.tar").shuffleWindow(4).seed(3).batchSize(2).build()) {
      for (int i = 0; i < 9; i++) {
        loader.next().forEach(s -> whole.add(s.key()));
      }
    }
    assertEquals(6, new HashSet<>(whole.subList(0, 6)).size());
    try (DataLoader<Sample> loader = DataLoader.open(dir + "/s-*.tar").shuffleWindow(4).seed(3).batchSize(2).build()) {
      loader.seek(8);
      assertEquals(whole.subList(8, 10), loader.next().stream().map(Sample::key).toList());
    }
  }

  @Test
  void everyCaptionIsPickedAndTheSameDrawPicksTheSame() {
    Sample sample = new Sample("a", Map.of("json", "{\"captions\": [\"x\", \"y\", \"z\"]}".getBytes(StandardCharsets.UTF_8)));
    Set<String> seen = new HashSet<>();
    for (long i = 0; i < 50; i++) {
      seen.add(Captions.pick(sample, Mix64.mix(1, i)));
      assertEquals(Captions.pick(sample, Mix64.mix(1, i)), Captions.pick(sample, Mix64.mix(1, i)));
    }
    assertEquals(Set.of("x", "y", "z"), seen);
  }
}
