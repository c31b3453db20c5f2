package io.llama3v.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.io.SafetensorsException.Rule;
import io.llama3v.io.SafetensorsWriter.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShardedWeightsTest {
  private static final String ONE = "model-00001-of-00002.safetensors";
  private static final String TWO = "model-00002-of-00002.safetensors";

  @TempDir
  Path folder;

  private static List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    for (String name : List.of("c", "a", "b")) {
      entries.add(Entry.ofFloats(name, SafetensorsType.F32, new long[] {4}, new float[] {name.charAt(0), 1, 2, 3}));
    }
    return entries;
  }

  @Test
  void writesAndReadsShards() throws IOException {
    ShardedWriter.write(folder, entries(), 32);
    assertEquals(Set.of(ONE, TWO, "model.safetensors.index.json"), listing());
    assertEquals("""
        {
          "metadata": {
            "total_size": 48
          },
          "weight_map": {
            "a": "model-00001-of-00002.safetensors",
            "b": "model-00002-of-00002.safetensors",
            "c": "model-00001-of-00002.safetensors"
          }
        }
        """, Files.readString(folder.resolve("model.safetensors.index.json")));
    for (Path path : List.of(folder, folder.resolve("model.safetensors.index.json"))) {
      try (ShardedWeights weights = ShardedWeights.open(path)) {
        assertEquals(List.of("a", "c", "b"), List.copyOf(weights.names()));
        assertArrayEquals(new float[] {'b', 1, 2, 3}, weights.readFloats("b"));
        assertEquals("pt", weights.metadata().get("format"));
        assertThrows(SafetensorsException.class, () -> weights.info("d"));
      }
    }
  }

  @Test
  void shardsAreNumberedInDigitsThatOthersReadWhateverTheLanguage() throws IOException {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      ShardedWriter.write(folder, entries(), 32);
    } finally {
      Locale.setDefault(before);
    }
    assertEquals(Set.of(ONE, TWO, "model.safetensors.index.json"), listing());
  }

  @Test
  void aLaterCheckpointReplacesTheFilesOfAnEarlierOne() throws IOException {
    ShardedWriter.write(folder, entries(), 16);
    ShardedWriter.write(folder, entries(), 32);
    assertEquals(Set.of(ONE, TWO, "model.safetensors.index.json"), listing());
    ShardedWriter.write(folder, entries(), ShardedWriter.DEFAULT_SHARD_BYTES);
    assertEquals(Set.of("model.safetensors"), listing());
    ShardedWriter.write(folder, entries(), 32);
    assertEquals(Set.of(ONE, TWO, "model.safetensors.index.json"), listing());
  }

  @Test
  void anOversizedTensorHasAShardOfItsOwn() throws IOException {
    assertEquals(4, ShardedWriter.write(folder, entries(), 8).size());
  }

  @Test
  void readsAnIndexWithoutTotalSize() throws IOException {
    ShardedWriter.write(folder, entries(), 32);
    edit("\\s*\"total_size\": 48\\s*", "");
    ShardedWeights.open(folder).close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"../x.safetensors", "/etc/passwd", "..", ".", "", "a/b.safetensors", "a\\\\b", "C:x", "absent.safetensors"})
  void refusesNamesThatAreNotPlainFilesBesideTheIndex(String name) throws IOException {
    ShardedWriter.write(folder, entries(), 32);
    edit(TWO, name.replace("\\", "\\\\"));
    assertRefused();
  }

  @ParameterizedTest
  @CsvSource({
    "total_size\": 48, total_size\": 47", "total_size\": 48, total_size\": 48.0", "total_size\": 48, total_size\": -1",
    "weight_map, weights", "00002-of-00002, 00001-of-00002", "\"a\":, \"d\":", "\"a\":, \"c\":", "\\}\\s*\\}, ",
    "\"model-00002-of-00002.safetensors\", 2"})
  void refusesAnIndexThatDoesNotMatchTheShards(String pattern, String replacement) throws IOException {
    ShardedWriter.write(folder, entries(), 32);
    edit(pattern, replacement == null ? "" : replacement);
    assertRefused();
  }

  @Test
  void refusesATensorThatIsNotListed() throws IOException {
    ShardedWriter.write(folder, entries(), 32);
    edit("\"b\": [^\n]*\n", "\"c\": \"" + ONE + "\"\n");
    edit(",\\s*\"c\": [^\n]*\n    \"c\"", ",\n \"c\"");
    assertRefused();
  }

  @Test
  void refusesATensorThatIsInTwoShards() throws IOException {
    ShardedWriter.write(folder, entries(), 32);
    SafetensorsWriter.write(folder.resolve(TWO), entries().subList(1, 3));
    assertRefused();
  }

  @Test
  void followsLinksOnlyIntoTheHubCache() throws IOException {
    Path snapshot = Files.createDirectories(folder.resolve("hub/snapshots/1f2e"));
    Path blobs = Files.createDirectories(folder.resolve("hub/blobs"));
    ShardedWriter.write(snapshot, entries(), 32);
    Files.move(snapshot.resolve(TWO), blobs.resolve("abc"));
    Files.createSymbolicLink(snapshot.resolve(TWO), Path.of("../../blobs/abc"));
    ShardedWeights.open(snapshot).close();

    Files.delete(snapshot.resolve(TWO));
    Files.move(blobs.resolve("abc"), folder.resolve("elsewhere"));
    Files.createSymbolicLink(snapshot.resolve(TWO), folder.resolve("elsewhere"));
    SafetensorsException error = assertThrows(SafetensorsException.class, () -> ShardedWeights.open(snapshot));
    assertTrue(error.found().startsWith("a link to "), error.getMessage());
  }

  @Test
  void refusesAFolderWithoutWeights() {
    SafetensorsException error = assertThrows(SafetensorsException.class, () -> ShardedWeights.open(folder));
    assertEquals(folder + ": folder: expected model.safetensors or model.safetensors.index.json, found neither"
        + " (safetensors rule 21, INDEX)", error.getMessage());
  }

  private void assertRefused() {
    SafetensorsException error = assertThrows(SafetensorsException.class, () -> ShardedWeights.open(folder));
    assertEquals(Rule.INDEX, error.rule(), error.getMessage());
  }

  private void edit(String pattern, String replacement) throws IOException {
    Path index = folder.resolve("model.safetensors.index.json");
    String before = Files.readString(index);
    String after = before.replaceAll(pattern, replacement);
    assertTrue(!before.equals(after), "the edit must change something");
    Files.writeString(index, after);
  }

  private Set<String> listing() throws IOException {
    try (var files = Files.list(folder)) {
      return Set.copyOf(files.map(file -> file.getFileName().toString()).toList());
    }
  }
}
