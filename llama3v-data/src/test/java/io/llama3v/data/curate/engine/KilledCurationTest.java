package io.llama3v.data.curate.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.config.ConfigLoader;
import io.llama3v.data.curate.CurationConfig;
import io.llama3v.data.curate.TestPictures;
import io.llama3v.data.shard.TarShardWriter;
import io.llama3v.io.Digests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that curates is killed with SIGKILL, again and again, each time a little further on. */
class KilledCurationTest {
  private static final int SHARDS = 12;
  private static final int SAMPLES = 25;
  /** Files that a run writes once and then leaves alone; the others are written anew by each session. */
  private static final String ONCE = ".*(\\.records\\.gz|\\.part|result|\\.tar|\\.parquet|ledger.*\\.jsonl\\.gz|\\.tally\\.json)";
  /** The kill comes when so many of those are there: within passes, ledger and shards. */
  private static final int[] KILL_AT = {1, 7, 30, 45, 70};
  @TempDir Path dir;

  /** The process: curates by the configuration {@code args[0]}. */
  public static final class Process {
    private Process() {}

    public static void main(String[] args) throws IOException {
      Curation.run(ConfigLoader.load(Path.of(args[0]), CurationConfig.class, List.of()));
    }
  }

  private Path config(String run, int threads) throws IOException {
    Files.createDirectories(dir.resolve(run));
    return Files.writeString(dir.resolve(run + ".yaml"), """
        run: %s
        seed: 7
        threads: %d
        inputs: [{shards: '%s/r-*.tar'}]
        output: {name: c, shard_samples: 32}
        steps: [rules, boilerplate, copies]
        rules: {min_words: 2, min_characters: 4, min_side: 16, max_aspect: 2}
        boilerplate: {max_count: 3, max_fraction: 0}
        copies: {descriptor: dhash, threshold: 0.99}
        """.formatted(dir.resolve(run).resolve("run"), threads, dir.resolve("raw")));
  }

  private void raw() throws IOException {
    try (TarShardWriter writer = new TarShardWriter(dir.resolve("raw"), "r", SAMPLES, Long.MAX_VALUE)) {
      for (int i = 0; i < SHARDS * SAMPLES; i++) {
        String name = "thing " + (char) ('a' + i % 26) + (char) ('a' + i / 26);
        String caption = i % 17 == 3 ? "Click here, offer " + i : i % 23 == 5 ? "short" : name;
        writer.write(TestPictures.sample("s" + i, TestPictures.png(i % 11 == 4 ? 12 : 32, 24, i), caption));
      }
    }
  }

  private static Map<String, FileTime> written(Path run) throws IOException {
    Map<String, FileTime> times = new HashMap<>();
    if (!Files.isDirectory(run)) return times;
    try (Stream<Path> walk = Files.walk(run)) {
      for (Path p : (Iterable<Path>) walk::iterator) {
        if (p.toString().matches(ONCE) && !p.getFileName().toString().startsWith(".")) {
          times.put(run.relativize(p).toString(), Files.getLastModifiedTime(p));
        }
      }
    } catch (NoSuchFileException | java.io.UncheckedIOException renamedMeanwhile) {
      return written(run);
    }
    return times;
  }

  private static Map<String, String> digests(Path run) throws IOException {
    Map<String, String> digests = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(run)) {
      for (Path p : walk.filter(Files::isRegularFile).filter(p -> !p.endsWith(".lock") && !p.endsWith("curation.yaml")).toList()) {
        digests.put(run.relativize(p).toString(), Digests.sha256(p));
      }
    }
    return digests;
  }

  private static java.lang.Process start(Path config) throws IOException {
    return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m", "--add-modules",
        "jdk.incubator.vector", "-cp", System.getProperty("java.class.path"), Process.class.getName(), config.toString())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  @Test
  void theBytesAreTheSameAndNothingThatWasThereIsMadeAgain() throws Exception {
    raw();
    Curation.run(ConfigLoader.load(config("whole", 1), CurationConfig.class, List.of()));
    Map<String, String> whole = digests(dir.resolve("whole/run"));
    Path config = config("killed", 2);
    Path run = dir.resolve("killed/run");
    Map<String, FileTime> kept = new HashMap<>();
    int kills = 0;
    for (int at : KILL_AT) {
      java.lang.Process process = start(config);
      while (process.isAlive() && written(run).size() < at) {
        Thread.sleep(20);
      }
      kills += process.isAlive() ? 1 : 0;
      process.destroyForcibly();
      assertTrue(process.waitFor(1, TimeUnit.MINUTES));
      Map<String, FileTime> now = written(run);
      kept.forEach((file, time) -> assertEquals(time, now.get(file), file + " was made again"));
      kept.putAll(now);
    }
    assertTrue(kills > 0, "the process was never killed");
    assertTrue(kept.size() < written(dir.resolve("whole/run")).size(), "the last kill came too late");
    java.lang.Process last = start(config);
    assertEquals(0, last.waitFor());
    Map<String, FileTime> end = written(run);
    kept.forEach((file, time) -> assertEquals(time, end.get(file), file + " was made again"));
    assertEquals(whole, digests(run));
  }
}
