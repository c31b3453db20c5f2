package io.llama3v.data.curate.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.config.ConfigException;
import io.llama3v.config.ConfigLoader;
import io.llama3v.data.curate.CurationConfig;
import io.llama3v.data.curate.ledger.LedgerRow;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.shard.TarShardWriter;
import io.llama3v.image.ImageEdits;
import io.llama3v.image.Resize;
import io.llama3v.image.RgbImage;
import io.llama3v.io.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies, resampling and text in pictures, from a configuration file to the ledger. */
class LaterStepsTest {
  @TempDir
  private Path dir;

  private static RgbImage tiles(int seed, int side) {
    int[] colours = new Random(seed).ints(64, 0, 1 << 24).toArray();
    byte[] rgb = new byte[3 * side * side];
    for (int i = 0; i < rgb.length; i++) rgb[i] = (byte) (colours[8 * (8 * (i / 3 / side) / side) + 8 * (i / 3 % side) / side] >> 8 * (i % 3));
    return new RgbImage(side, side, rgb);
  }

  /** 50 pictures, each tenth with a smaller copy in another shard; 40 cats, 10 dogs. */
  @BeforeEach
  void raw() throws IOException {
    try (TarShardWriter writer = new TarShardWriter(dir.resolve("raw"), "r", 11, Long.MAX_VALUE)) {
      for (int i = 0; i < 50; i++) writer.write(sample("p" + i, tiles(i, 80), i < 40 ? "one more cat" : "my dog " + i));
      for (int i = 0; i < 50; i += 10) {
        writer.write(sample("copy" + i, Resize.resize(tiles(i, 80), 60, 60, Resize.Filter.BICUBIC), "a copy, a cat"));
      }
    }
  }

  private static Sample sample(String key, RgbImage image, String caption) {
    Map<String, byte[]> members = new LinkedHashMap<>();
    members.put("jpg", ImageEdits.jpegBytes(image, 0.9));
    members.put("txt", caption.getBytes(StandardCharsets.UTF_8));
    return new Sample(key, members);
  }

  private Map<String, LedgerRow> run(String name, String yaml) throws IOException {
    Path file = Files.writeString(dir.resolve(name + ".yaml"), "run: " + dir.resolve(name) + "\nseed: 4\ninputs: [{shards: '"
        + dir.resolve("raw") + "/r-*.tar'}]\n" + yaml);
    Curation.run(ConfigLoader.load(file, CurationConfig.class, List.of()));
    Map<String, LedgerRow> rows = new TreeMap<>();
    try (Stream<Path> files = Files.list(dir.resolve(name).resolve("ledger"))) {
      for (Path p : files.filter(f -> f.toString().endsWith(".jsonl.gz")).toList()) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(new GZIPInputStream(Files.newInputStream(p)), StandardCharsets.UTF_8))) {
          for (String line; (line = lines.readLine()) != null;) {
            LedgerRow row = Json.mapper().readValue(line, LedgerRow.class);
            rows.put(row.key(), row);
          }
        }
      }
    }
    return rows;
  }

  @Test
  void copiesThenResampling() throws IOException {
    Files.writeString(dir.resolve("vocabulary.txt"), "cat\ndog\n");
    String yaml = "steps: [copies, resample]\ncopies: {descriptor: phash, threshold: 0.8}\nresample: {vocabulary: "
        + dir.resolve("vocabulary.txt") + ", law: reciprocal, size: 18}\n";
    Map<String, LedgerRow> rows = run("one", yaml);
    assertEquals(55, rows.size());
    for (int i = 0; i < 50; i++) {
      LedgerRow row = rows.get("p" + i);
      assertEquals(i % 10 == 0 ? "p" + i : "", row.cluster());
      if (i >= 40) continue;
      // 40 cats and 10 dogs are left. T = 9 keeps 40 * 9/40 cats and 10 * 9/10 dogs: 18.
      assertEquals(9 / 40.0, row.scores().get("resample"), 1e-6);
    }
    assertEquals(0.9, rows.get("p41").scores().get("resample"), 1e-6);
    for (int i = 0; i < 50; i += 10) assertEquals("copies/copy", rows.get("copy" + i).step() + "/" + rows.get("copy" + i).reason());
    long kept = rows.values().stream().filter(LedgerRow::kept).count();
    assertTrue(kept >= 7 && kept <= 29, "18, give or take four deviations of 2.8: " + kept);
    Map<String, LedgerRow> again = run("two", yaml.replace("seed: 4", "seed: 4") + "threads: 1\n");
    assertEquals(rows, again);
  }

  @Test
  void textInPictures() throws IOException {
    Map<String, LedgerRow> rows = run("ocr", "steps: [ocr]\nocr: {min_confidence: 60, layout: page}\n");
    assertEquals(55, rows.values().stream().filter(LedgerRow::kept).count());
    for (LedgerRow row : rows.values()) {
      String text = row.notes().get("ocr.text");
      assertTrue(text == null || row.captions().get(0).endsWith(text), row.toString());
    }
  }

  @Test
  void wrongSectionsAreRefusedWithTheirPlace() {
    for (String wrong : List.of("steps: [copies]\ncopies: {descriptor: model}\n", "steps: [resample]\n",
        "steps: [resample]\nresample: {vocabulary: v.txt}\n", "steps: [resample]\nresample: {vocabulary: v.txt, size: 3, threshold: 3}\n",
        "steps: [ocr]\nocr: {min_confidence: 101}\n", "steps: [copies]\ncopies: {threshold: 2}\n")) {
      String message = assertThrows(ConfigException.class, () -> run("wrong", wrong)).getMessage();
      assertTrue(message.contains("wrong.yaml"), message);
    }
  }
}
