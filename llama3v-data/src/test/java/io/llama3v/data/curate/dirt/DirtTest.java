package io.llama3v.data.curate.dirt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.config.ConfigLoader;
import io.llama3v.data.curate.CurationConfig;
import io.llama3v.data.curate.TestPictures;
import io.llama3v.data.curate.engine.Curation;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.shard.TarShardWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dirt is put in and found again; what no step of the run is for is left. */
class DirtTest {
  private static final int CLEAN = 400;
  @TempDir Path dir;

  private Path seeded(String folder) throws IOException {
    try (TarShardWriter writer = new TarShardWriter(dir.resolve("clean"), "c", 100, Long.MAX_VALUE)) {
      for (int i = 0; i < CLEAN; i++) {
        String name = "the " + (char) ('a' + i % 20) + "x" + (char) ('a' + i / 20) + " house";
        byte[] json = ("{\"captions\": [\"" + name + "\", \"a picture of " + name + "\"]}").getBytes(StandardCharsets.UTF_8);
        writer.write(new Sample("k" + i, Map.of("png", TestPictures.png(32, 32, i), "json", json)));
      }
    }
    Path dirty = dir.resolve(folder);
    Map<DirtKind, Integer> counts = DirtSeeder.seed(new DirtConfig(dir.resolve("clean") + "/c-*.tar", dirty, 0, 0.03, 100, 5));
    assertTrue(counts.keySet().containsAll(List.of(DirtKind.values())), counts.toString());
    assertTrue(counts.values().stream().mapToInt(Integer::intValue).sum() >= CLEAN, counts.toString());
    return dirty;
  }

  @Test
  void whatWasPutInIsFoundAndNothingElse() throws IOException {
    Path dirty = seeded("dirty");
    String yaml = """
        run: %s
        inputs: [{shards: '%s/dirty-*.tar', captions: [captions]}]
        steps: [rules, boilerplate]
        rules: {min_words: 1, min_characters: 3, min_side: 16, max_aspect: 5}
        boilerplate: {max_count: 1, max_fraction: 0}
        """.formatted(dir.resolve("run"), dirty);
    Curation.run(ConfigLoader.parse(yaml, "test", CurationConfig.class, List.of()));
    DirtScore score = DirtScore.of(dirty, dir.resolve("run"));
    for (DirtScore.KindRow row : score.kinds()) {
      assertEquals(row.seeded(), row.before() + row.byItsStep() + row.after() + row.unlisted() + row.kept(), row.toString());
      if (List.of("read", "rules", "keys").contains(row.kind().step())) {
        assertEquals(1, row.recall(), row.toString());
        assertEquals(0, row.kept() + row.after(), row.toString());
      } else if (List.of("copies", "language", "similarity").contains(row.kind().step())) {
        assertEquals(0, row.byItsStep(), row.toString());
      }
    }
    for (DirtScore.StepRow row : score.steps()) {
      assertEquals(row.dropped(), row.right() + row.other() + row.clean(), row.toString());
      // Captions that a mismatched sample took over from a clean one, or a copy has in another order, are shared by two.
      if (!row.step().equals("boilerplate")) assertEquals(1, row.precision(), row.toString());
    }
  }
}
