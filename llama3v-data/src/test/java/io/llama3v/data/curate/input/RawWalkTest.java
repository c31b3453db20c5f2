package io.llama3v.data.curate.input;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.jerolba.carpet.CarpetWriter;
import io.llama3v.data.curate.CurationRecord;
import io.llama3v.data.curate.TestPictures;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.shard.TarShardWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RawWalkTest {
  @TempDir Path dir;

  private static List<CurationRecord> walk(InputConfig... inputs) throws IOException {
    List<CurationRecord> records = new ArrayList<>();
    for (RawShard shard : RawShards.list(List.of(inputs))) {
      try (RawWalk walk = RawWalk.open(shard)) {
        for (CurationRecord r = walk.next(); r != null; r = walk.next()) {
          records.add(r);
        }
      }
    }
    return records;
  }

  private static List<String> outcomes(List<CurationRecord> records) {
    return records.stream().map(r -> r.key() + ":" + (r.kept() ? r.captions().toString() : r.drop().reason())).toList();
  }

  private void tar(String name, Sample... samples) throws IOException {
    try (TarShardWriter writer = new TarShardWriter(dir, name, 100, Long.MAX_VALUE)) {
      for (Sample sample : samples) {
        writer.write(sample);
      }
    }
  }

  private static Sample with(Sample sample, String extension, byte[] bytes) {
    Map<String, byte[]> members = new LinkedHashMap<>(sample.members());
    members.put(extension, bytes);
    return new Sample(sample.key(), members);
  }

  @Test
  void eachKindOfDamageHasItsReason() throws IOException {
    byte[] png = TestPictures.png(8, 6, 1);
    Sample good = TestPictures.sample("a", png, "  two\twords \n");
    Sample badText = with(TestPictures.sample("c", png, ""), "txt", new byte[] {'x', (byte) 0xff});
    tar("w", good, TestPictures.sample("b", new byte[] {1, 2, 3}, "no picture"), badText,
        TestPictures.sample("d", TestPictures.bomb(30_000, 20_000), "a bomb"), TestPictures.sample("e", png, " \n "),
        new Sample("f", Map.of("txt", "no picture at all".getBytes(StandardCharsets.UTF_8))));
    List<CurationRecord> records = walk(InputConfig.webDataset(dir + "/w-*.tar"));
    assertEquals(List.of("a:[two words]", "b:picture-damaged", "c:caption-unreadable", "d:picture-too-large", "e:no-caption", "f:no-picture"),
        outcomes(records));
    assertEquals("8x6", records.get(0).picture().width() + "x" + records.get(0).picture().height());
    assertTrue(records.get(3).notes().get("detail").contains("30000x20000"), records.get(3).notes().toString());
  }

  @Test
  void captionsAndScoresComeFromTheMetadata() throws IOException {
    byte[] json = "{\"captions\": [\"one\", \"two\", \"one\"], \"alt\": \"three\", \"similarity\": 0.25, \"n\": \"x\"}".getBytes(StandardCharsets.UTF_8);
    tar("m", with(TestPictures.sample("a", TestPictures.png(8, 8, 1), "zero"), "json", json));
    InputConfig input = new InputConfig(null, dir + "/m-*.tar", null, null, null, List.of("captions", "txt", "alt"), null,
        List.of("similarity", "n"), null);
    CurationRecord record = walk(input).get(0);
    assertEquals(List.of("one", "two", "zero", "three"), record.captions());
    assertEquals(Map.of("input.similarity", 0.25), record.scores());
  }

  /** Columns of img2dataset that matter here. */
  record Row(String key, String status, String error_message, double similarity) {}

  @Test
  void img2datasetCountsWhatIsOnlyInTheParquetFile() throws IOException {
    tar("i", TestPictures.sample("000000000", TestPictures.jpeg(9, 7), "first caption"));
    Files.move(dir.resolve("i-000000.tar"), dir.resolve("00000.tar"));
    try (OutputStream out = Files.newOutputStream(dir.resolve("00000.parquet")); CarpetWriter<Row> writer = new CarpetWriter<>(out, Row.class)) {
      writer.write(new Row("000000000", "success", null, 0.5));
      writer.write(new Row("000000001", "failed_to_download", "HTTP Error 404", 0.6));
      writer.write(new Row("000000002", "success", null, 0.7));
    }
    InputConfig input = new InputConfig(null, dir + "/0*.tar", Layout.IMG2DATASET, null, null, null, null, List.of("similarity"), null);
    List<CurationRecord> records = walk(input);
    assertEquals(List.of("000000000:[first caption]", "000000001:download-failed", "000000002:missing-sample"), outcomes(records));
    assertEquals(0.5, records.get(0).scores().get("input.similarity"));
    RawShard shard = RawShards.list(List.of(input)).get(0);
    String stamp = RawShards.stamp(shard);
    Files.writeString(dir.resolve("00000.parquet"), "no Parquet");
    assertEquals(List.of("damage-000000-000000:sidecar-unreadable", "000000000:[first caption]"), outcomes(walk(input)));
    String other = RawShards.stamp(shard); // a run that goes on has to see that the tar has another Parquet file now
    assertNotEquals(stamp, other);
    Files.delete(dir.resolve("00000.parquet"));
    assertNotEquals(other, RawShards.stamp(shard));
  }

  @Test
  void linesNamePicturesBelowOneFolderOnly() throws IOException {
    Path images = Files.createDirectories(dir.resolve("images"));
    byte[] png = TestPictures.png(8, 8, 1);
    Files.write(images.resolve("a.png"), png);
    Files.write(dir.resolve("secret.png"), png);
    Files.createSymbolicLink(images.resolve("link.png"), dir.resolve("secret.png"));
    Files.writeString(dir.resolve("p.jsonl"), String.join("\n", "{\"image\": \"a.png\", \"caption\": \"fine\", \"key\": \"x.y\"}", "",
        "{\"image\": \"../secret.png\", \"caption\": \"out\"}", "{\"image\": \"link.png\", \"caption\": \"out\"}",
        "{\"image\": \"none.png\", \"caption\": \"gone\"}", "{broken", "[1]", "{\"image\": \"a.png\"}",
        "{\"image\": \"a.png\", \"caption\": \"meta\", \"key\": \"__all__\"}"));
    InputConfig input = new InputConfig(null, dir + "/p.jsonl", null, images, null, null, null, null, null);
    assertEquals(List.of("x_y:[fine]", "p-000000003:picture-outside", "p-000000004:picture-outside", "p-000000005:picture-missing",
        "p-000000006:bad-line", "p-000000007:bad-line", "p-000000008:no-caption", "--all--:[meta]"), outcomes(walk(input)));
  }

  @Test
  void laterWalksFindTheSameSamples() throws IOException {
    tar("s", TestPictures.sample("a", TestPictures.png(8, 8, 1), "one"), TestPictures.sample("b", TestPictures.png(8, 8, 2), "two"));
    RawShard shard = RawShards.list(List.of(InputConfig.webDataset(dir + "/s-*.tar"))).get(0);
    try (RawWalk walk = RawWalk.open(shard)) {
      assertArrayEquals(TestPictures.png(8, 8, 2), walk.seek(1, "b").image());
    }
    try (RawWalk walk = RawWalk.open(shard)) {
      assertThrows(IOException.class, () -> walk.seek(1, "c"));
    }
  }

  @Test
  void severalSourcesKeepTheirKeysApart() throws IOException {
    tar("t", TestPictures.sample("a", TestPictures.png(8, 8, 1), "one"));
    tar("u", TestPictures.sample("a", TestPictures.png(8, 8, 2), "two"));
    List<CurationRecord> records = walk(InputConfig.webDataset(dir + "/t-*.tar"), InputConfig.webDataset(dir + "/u-*.tar"));
    assertEquals(List.of("input0/a", "input1/a"), records.stream().map(CurationRecord::id).toList());
    assertThrows(IllegalArgumentException.class, () -> walk(InputConfig.webDataset(dir + "/t-*.tar"), InputConfig.webDataset(dir + "/t-000000.tar")));
  }
}
