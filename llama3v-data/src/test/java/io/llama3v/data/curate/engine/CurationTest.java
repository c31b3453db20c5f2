package io.llama3v.data.curate.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.jerolba.carpet.CarpetReader;
import io.llama3v.config.ConfigLoader;
import io.llama3v.data.curate.CurationConfig;
import io.llama3v.data.curate.Steps;
import io.llama3v.data.curate.TestPictures;
import io.llama3v.data.curate.ledger.Funnel;
import io.llama3v.data.curate.ledger.LedgerRow;
import io.llama3v.data.pipeline.Selection;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.sample.SampleSource;
import io.llama3v.data.shard.DamagePolicy;
import io.llama3v.data.shard.ShardIndex;
import io.llama3v.data.shard.ShardPattern;
import io.llama3v.data.shard.TarShardWriter;
import io.llama3v.io.Digests;
import io.llama3v.io.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Six shards of ten samples with dirt at known places. */
class CurationTest {
  @TempDir Path dir;

  @BeforeEach
  void raw() throws IOException {
    try (TarShardWriter writer = new TarShardWriter(dir.resolve("raw"), "r", 10, Long.MAX_VALUE)) {
      for (int i = 0; i < 60; i++) {
        String caption = "a drawing of thing " + "abcdefghij".charAt(i / 10) + "klmnopqrst".charAt(i % 10);
        byte[] png = TestPictures.png(32, 24, i);
        String key = String.format("s%03d", i);
        switch (i) {
          case 3 -> png = TestPictures.png(15, 24, i); // small
          case 14 -> png = TestPictures.png(64, 24, i); // elongated
          case 25 -> caption = "one"; // few words
          case 36 -> png = Arrays.copyOf(png, png.length / 2); // damaged behind the header
          case 47 -> key = "s001"; // a key that shard 0 has
          case 58 -> caption = "IMG_0042.jpg";
          default -> { }
        }
        if (i % 10 == 9) {
          caption = "Click here, offer " + i + "!"; // six times, numbers differ
        }
        writer.write(TestPictures.sample(key, png, caption));
      }
    }
  }

  private CurationConfig config(String run, int maxCount) {
    String yaml = """
        run: %s
        seed: 7
        threads: 1
        inputs: [{shards: '%s/r-*.tar'}]
        output: {name: c, shard_samples: 16}
        steps: [rules, boilerplate]
        rules: {min_words: 2, min_characters: 4, min_side: 16, max_aspect: 2}
        boilerplate: {max_count: %d, max_fraction: 0}
        """.formatted(dir.resolve(run), dir.resolve("raw"), maxCount);
    return ConfigLoader.parse(yaml, "test", CurationConfig.class, List.of());
  }

  private static Map<String, String> files(Path run) throws IOException {
    Map<String, String> digests = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(run)) {
      for (Path p : walk.filter(Files::isRegularFile).filter(p -> !p.endsWith(".lock") && !p.endsWith("curation.yaml")).toList()) {
        digests.put(run.relativize(p).toString(), Digests.sha256(p));
      }
    }
    return digests;
  }

  private static List<LedgerRow> ledger(Path run) throws IOException {
    List<LedgerRow> rows = new ArrayList<>();
    for (int shard = 0; shard < 6; shard++) {
      try (BufferedReader lines = new BufferedReader(new InputStreamReader(
          new GZIPInputStream(Files.newInputStream(run.resolve("ledger/00000" + shard + ".jsonl.gz"))), StandardCharsets.UTF_8))) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          rows.add(Json.mapper().readValue(line, LedgerRow.class));
        }
      }
    }
    return rows;
  }

  @Test
  void everySampleEndsInTheLedgerWithItsReason() throws IOException {
    Funnel funnel = Curation.run(config("run", 5));
    Map<String, String> dropped = new TreeMap<>();
    List<LedgerRow> rows = ledger(dir.resolve("run"));
    for (LedgerRow row : rows) {
      assertEquals(row.kept(), row.step().isEmpty());
      if (!row.kept()) {
        dropped.put(row.shard() + "#" + row.index(), row.step() + "/" + row.reason());
      }
    }
    Map<String, String> expected = new TreeMap<>(Map.of("r-000000.tar#3", "rules/picture-small", "r-000001.tar#4", "rules/picture-elongated",
        "r-000002.tar#5", "rules/few-words", "r-000003.tar#6", "read/picture-damaged", "r-000004.tar#7", "keys/duplicate-key",
        "r-000005.tar#8", "rules/file-name"));
    for (int s = 0; s < 6; s++) {
      expected.put("r-00000" + s + ".tar#9", "boilerplate/repeated-caption");
    }
    assertEquals(expected, dropped);
    assertEquals(60, rows.size());
    assertEquals(60, funnel.input());
    assertEquals(48, funnel.kept());
    assertEquals(List.of("read", "rules", "pictures", "keys", "boilerplate"), funnel.stages().stream().map(Funnel.Stage::step).toList());
    assertEquals(List.of(60L, 59L, 55L, 55L, 54L), funnel.stages().stream().map(Funnel.Stage::in).toList());
    assertFalse(funnel.survivors().get(0).picture().isEmpty());
  }

  @Test
  void parquetAndJsonlLedgersAgree() throws IOException {
    Curation.run(config("run", 5));
    List<LedgerRow> rows = new ArrayList<>();
    for (int shard = 0; shard < 6; shard++) {
      rows.addAll(new CarpetReader<>(dir.resolve("run/ledger/00000" + shard + ".parquet").toFile(), LedgerRow.class).toList());
    }
    assertEquals(ledger(dir.resolve("run")), rows);
  }

  @Test
  void curatedShardsHoldTheKeptSamplesInOrder() throws IOException {
    Curation.run(config("run", 5));
    List<Path> shards = ShardPattern.expand(dir.resolve("run/shards") + "/c-*.tar");
    assertEquals(3, shards.size());
    List<String> keys = new ArrayList<>();
    try (ShardIndex index = ShardIndex.open(shards, DamagePolicy.STOP)) {
      assertEquals(48, index.size());
      for (Sample sample : index.all()) {
        keys.add(sample.key());
        JsonNode json = sample.json();
        assertEquals(sample.text(), json.path("captions").path(0).asText());
        assertEquals(24, json.path("curation").path("scores").path("side").asInt());
      }
      assertArrayEquals(TestPictures.png(32, 24, 0), index.read(0).image());
    }
    assertEquals(ledger(dir.resolve("run")).stream().filter(LedgerRow::kept).map(LedgerRow::id).toList(), keys);
  }

  @Test
  void aSelectionGivesTheSameSamplesFromTheRawShards() throws IOException {
    Curation.run(config("run", 5));
    try (ShardIndex raw = ShardIndex.open(dir.resolve("raw") + "/r-*.tar");
        ShardIndex curated = ShardIndex.open(dir.resolve("run/shards") + "/c-*.tar")) {
      SampleSource selected = Selection.read(dir.resolve("run/selection.jsonl.gz")).apply(raw);
      assertEquals(curated.size(), selected.size());
      for (int i = 0; i < selected.size(); i++) {
        assertEquals(curated.read(i).key(), selected.read(i).key());
        assertEquals(curated.read(i).text(), selected.read(i).text());
        assertArrayEquals(curated.read(i).image(), selected.read(i).image());
      }
    }
  }

  /** Fails after some tasks, in the middle of a phase, as a process that is killed does. */
  private record Killed(int after) implements Engine {
    @Override
    public String name() {
      return "killed";
    }

    @Override
    public void run(CurationJob job, Phase phase, int count, Progress progress) throws IOException {
      for (int task = 0; task < count; task++) {
        if (phase.kind().ordinal() * 100 + phase.pass() * 10 + task >= after) {
          throw new IOException("killed");
        }
        job.run(phase, task);
      }
    }
  }

  @Test
  void aRunThatWasKilledGoesOnAndEndsWithTheSameBytes() throws IOException {
    Curation.run(config("whole/run", 5));
    Map<String, String> whole = files(dir.resolve("whole/run"));
    for (int after : new int[] {3, 12, 102, 201}) {
      String run = "killed" + after + "/run";
      CurationConfig config = config(run, 5);
      assertThrows(IOException.class, () -> Curation.run(config, Steps.create(config), new Killed(after)));
      // what a process leaves behind that dies while it writes
      Path half = Files.createDirectories(dir.resolve(run).resolve("work")).resolve("x");
      Files.writeString(half, "half");
      Curation.run(config);
      Files.deleteIfExists(half);
      assertEquals(whole, files(dir.resolve(run)));
    }
  }

  @Test
  void onlyWhatIsMissingIsDoneAgain() throws IOException {
    Curation.run(config("run", 5));
    FileTime past = FileTime.fromMillis(1_000_000_000_000L);
    List<Path> all;
    try (Stream<Path> walk = Files.walk(dir.resolve("run"))) {
      all = walk.filter(p -> p.toString().matches(".*\\.(gz|part|tar|parquet)")).toList();
    }
    for (Path p : all) {
      Files.setLastModifiedTime(p, past);
    }
    Path lost = all.stream().filter(p -> p.endsWith("c-000001.tar")).findFirst().orElseThrow();
    byte[] before = Files.readAllBytes(lost);
    Files.delete(lost);
    Curation.run(config("run", 5));
    assertArrayEquals(before, Files.readAllBytes(lost));
    for (Path p : all) {
      boolean remade = !Files.getLastModifiedTime(p).equals(past);
      assertEquals(p.equals(lost) || p.endsWith("selection.jsonl.gz"), remade, p.toString());
    }
  }

  @Test
  void changedSettingsRedoWhatDependsOnThem() throws IOException {
    Curation.run(config("run", 5));
    Map<String, String> before = files(dir.resolve("run"));
    Curation.run(config("run", 100)); // boilerplate's bound only
    Map<String, String> after = files(dir.resolve("run"));
    String first = before.keySet().stream().filter(f -> f.startsWith("work/00-")).findFirst().orElseThrow();
    assertEquals(before.get(first), after.get(first));
    Curation.run(config("other/run", 100));
    assertEquals(files(dir.resolve("other/run")), after);
    assertEquals(54, ledger(dir.resolve("run")).stream().filter(LedgerRow::kept).count());
  }

  @Test
  void threadsDoNotMatter() throws IOException {
    Curation.run(config("one/run", 5));
    CurationConfig config = config("three/run", 5);
    try (Engine engine = new LocalEngine(3)) {
      Curation.run(config, Steps.create(config), engine);
    }
    assertEquals(files(dir.resolve("one/run")), files(dir.resolve("three/run")));
  }

  @Test
  void aFolderOfSomebodyElseIsLeftAlone() throws IOException {
    Files.createDirectories(dir.resolve("run/shards"));
    Files.writeString(dir.resolve("run/shards/mine.tar"), "precious");
    IOException refused = assertThrows(IOException.class, () -> Curation.run(config("run", 5)));
    assertTrue(refused.getMessage().contains("no curation wrote"), refused.getMessage());
    assertEquals("precious", Files.readString(dir.resolve("run/shards/mine.tar")));
  }
}
