package io.llama3v.io;

import io.llama3v.io.SafetensorsWriter.Entry;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Writes a checkpoint's weights into a folder as Hugging Face's {@code save_pretrained} does: one
 * {@code model.safetensors} if all fits the shard size, or else {@code model-00001-of-0000N.safetensors} and so on
 * with {@code model.safetensors.index.json}.
 */
public final class ShardedWriter {
  /** Hugging Face's default: 5 GB. */
  public static final long DEFAULT_SHARD_BYTES = 5_000_000_000L;

  private ShardedWriter() {}

  /**
   * Writes the weights, with metadata {@code format=pt}, and removes weight files of an earlier checkpoint there that
   * are not part of this one. Each file appears whole; for a folder that changes as a whole, write into a temporary
   * folder and {@link AtomicFiles#publish} it.
   *
   * @param entries       in state-dict order, which decides what goes into which shard
   * @param maxShardBytes data bytes of a shard; a larger tensor has a shard to itself
   * @return the files written
   */
  public static List<Path> write(Path folder, List<Entry> entries, long maxShardBytes) throws IOException {
    if (maxShardBytes < 1) {
      throw new IllegalArgumentException("maxShardBytes: expected at least 1, found " + maxShardBytes);
    }
    Files.createDirectories(folder);
    List<List<Entry>> shards = split(entries, maxShardBytes);
    List<Path> written = new ArrayList<>();
    if (shards.size() == 1) {
      Path single = folder.resolve(ShardedWeights.SINGLE);
      SafetensorsWriter.write(single, shards.get(0));
      written.add(single);
    } else {
      Map<String, String> weightMap = new TreeMap<>();
      long total = 0;
      for (int i = 0; i < shards.size(); i++) {
        Path shard = folder.resolve(String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", i + 1, shards.size()));
        SafetensorsWriter.write(shard, shards.get(i));
        written.add(shard);
        for (Entry entry : shards.get(i)) {
          weightMap.put(entry.info().name(), shard.getFileName().toString());
          total += entry.info().bytes();
        }
      }
      Path index = folder.resolve(ShardedWeights.INDEX);
      AtomicFiles.writeString(index, index(total, weightMap));
      written.add(index);
    }
    deleteOthers(folder, Set.copyOf(written));
    return written;
  }

  /** Fills shard after shard in the order given. */
  private static List<List<Entry>> split(List<Entry> entries, long maxShardBytes) {
    List<List<Entry>> shards = new ArrayList<>();
    List<Entry> current = new ArrayList<>();
    long bytes = 0;
    for (Entry entry : entries) {
      long size = entry.info().bytes();
      if (size > maxShardBytes) {
        shards.add(List.of(entry)); // Hugging Face, too, leaves the shard before it open
        continue;
      }
      if (bytes + size > maxShardBytes) {
        shards.add(current);
        current = new ArrayList<>();
        bytes = 0;
      }
      current.add(entry);
      bytes += size;
    }
    if (!current.isEmpty() || shards.isEmpty()) {
      shards.add(current);
    }
    return shards;
  }

  private static String index(long total, Map<String, String> weightMap) {
    StringBuilder json = new StringBuilder("{\n  \"metadata\": {\n    \"total_size\": ").append(total)
        .append("\n  },\n  \"weight_map\": {");
    String separator = "\n";
    for (Map.Entry<String, String> entry : weightMap.entrySet()) {
      json.append(separator).append("    ").append(Json.write(entry.getKey())).append(": ")
          .append(Json.write(entry.getValue()));
      separator = ",\n";
    }
    return json.append("\n  }\n}\n").toString();
  }

  /** A reader prefers a single file to an index, so that what an earlier checkpoint left would be taken for this one. */
  private static void deleteOthers(Path folder, Set<Path> keep) throws IOException {
    Set<Path> stale = new HashSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "model*.safetensors*")) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (name.equals(ShardedWeights.SINGLE) || name.equals(ShardedWeights.INDEX)
            || name.matches("model-\\d{5}-of-\\d{5}\\.safetensors")) {
          stale.add(file);
        }
      }
    }
    stale.removeAll(keep);
    for (Path file : stale) {
      Files.delete(file);
    }
    AtomicFiles.forceFolder(folder);
  }
}
