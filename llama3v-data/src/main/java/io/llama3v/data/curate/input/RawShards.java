package io.llama3v.data.curate.input;

import io.llama3v.data.shard.ShardPattern;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The files of all inputs. */
public final class RawShards {
  private RawShards() {}

  /**
   * All files, in the order of the inputs and of their patterns.
   *
   * @throws IllegalArgumentException if two inputs have one name, or a file is named twice
   */
  public static List<RawShard> list(List<InputConfig> inputs) throws IOException {
    List<RawShard> shards = new ArrayList<>();
    Set<String> names = new HashSet<>();
    Set<Path> files = new HashSet<>();
    for (int i = 0; i < inputs.size(); i++) {
      InputConfig input = inputs.get(i);
      String name = input.name() == null ? "input" + i : input.name();
      if (!names.add(name)) {
        throw new IllegalArgumentException("two inputs are called '" + name + "'; give each a name of its own");
      }
      for (Path file : ShardPattern.expand(input.shards())) {
        if (!files.add(file.toRealPath())) {
          throw new IllegalArgumentException(file + " is named twice among the inputs");
        }
        shards.add(new RawShard(shards.size(), name, inputs.size() > 1 ? name + "/" : "", file, input));
      }
    }
    return shards;
  }

  /** What tells that a shard is still the same without reading it: name, size and time of change, of its Parquet file too if it has one. */
  public static String stamp(RawShard shard) throws IOException {
    String own = shard.source() + " " + shard.file() + " " + stamp(shard.file());
    return shard.config().layout() == Layout.IMG2DATASET ? own + ", " + stamp(ParquetSidecar.beside(shard.file())) : own;
  }

  private static String stamp(Path file) throws IOException {
    return Files.exists(file) ? Files.size(file) + " " + Files.getLastModifiedTime(file).toMillis() : "absent";
  }
}
