package io.llama3v.train.preference;

import io.llama3v.data.shard.DamagePolicy;
import io.llama3v.data.shard.ShardIndex;
import io.llama3v.io.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Pictures by name, as lines of JSONL files name them: {@code cats/17.png}, a file, or {@code train-000003.tar#000000017}, the picture of
 * a sample in a tar shard. Paths are relative to the folder of the file that names them. Shards stay open until this is closed.
 */
public final class PictureFiles implements AutoCloseable {
  private record Shard(ShardIndex index, Map<String, Long> places) {}

  private final Map<Path, Shard> shards = new HashMap<>();

  /** The bytes of a picture that {@code file} names at {@code where}. */
  public byte[] read(String name, Path file, String where) throws IOException {
    Path base = file.toAbsolutePath().getParent();
    int hash = name.lastIndexOf(".tar#");
    if (hash >= 0) {
      Path path = base.resolve(name.substring(0, hash + 4)).normalize();
      if (!Files.isRegularFile(path)) throw new IllegalArgumentException(where + ": there is no shard " + path);
      String key = name.substring(hash + 5);
      Shard shard = shard(path);
      Long place = shard.places.get(key);
      if (place == null) throw new IllegalArgumentException(where + ": " + path + " has no sample '" + key + "'");
      return shard.index.read(place).image();
    }
    Path path = base.resolve(name).normalize();
    if (!Files.isRegularFile(path)) throw new IllegalArgumentException(where + ": there is no picture " + path);
    if (Files.size(path) > Limits.IMAGE_BYTES) {
      throw new IllegalArgumentException(where + ": " + path + " has " + Files.size(path) + " bytes; at most " + Limits.IMAGE_BYTES + " are read");
    }
    return Files.readAllBytes(path);
  }

  private synchronized Shard shard(Path path) throws IOException {
    Shard known = shards.get(path);
    if (known != null) return known;
    ShardIndex index = ShardIndex.open(List.of(path), DamagePolicy.STOP);
    Map<String, Long> places = new HashMap<>();
    for (long i = 0; i < index.size(); i++) places.put(index.key(i), i);
    shards.put(path, new Shard(index, places));
    return shards.get(path);
  }

  /** How a picture in a shard is named by a file in {@code folder}. */
  public static String name(Path folder, Path shard, String key) {
    Path from = folder.toAbsolutePath().normalize();
    Path to = shard.toAbsolutePath().normalize();
    String path = to.getRoot().equals(from.getRoot()) ? from.relativize(to).toString() : to.toString();
    return path.replace('\\', '/') + "#" + key;
  }

  /** The name that a file in {@code folder} has for what {@code file} calls {@code name}. */
  public static String moved(String name, Path file, Path folder) {
    int end = name.lastIndexOf(".tar#") >= 0 ? name.lastIndexOf(".tar#") + 4 : name.length();
    Path picture = file.toAbsolutePath().getParent().resolve(name.substring(0, end));
    return name(folder, picture, name.substring(Math.min(name.length(), end + 1))).replaceFirst("#$", "");
  }

  @Override
  public void close() throws IOException {
    for (Shard shard : shards.values()) shard.index.close();
  }
}
