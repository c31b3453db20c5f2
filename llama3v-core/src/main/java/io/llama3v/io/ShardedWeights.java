package io.llama3v.io;

import io.llama3v.io.SafetensorsException.Rule;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The weights of a checkpoint in the Hugging Face layout: a folder with {@code model.safetensors}, or with
 * {@code model.safetensors.index.json} and the shards that it names. All headers are checked when it is opened.
 */
public final class ShardedWeights implements WeightSource {
  static final String SINGLE = "model.safetensors";
  static final String INDEX = "model.safetensors.index.json";

  private final Path path;
  private final List<SafetensorsFile> files;
  private final Map<String, SafetensorsFile> fileOf = new LinkedHashMap<>();

  private ShardedWeights(Path path, List<SafetensorsFile> files) {
    this.path = path;
    this.files = files;
    for (SafetensorsFile file : files) {
      file.names().forEach(name -> fileOf.put(name, file));
    }
  }

  /** Opens a folder, a single {@code .safetensors} file, or an {@code .index.json} file. */
  public static ShardedWeights open(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return path.getFileName().toString().endsWith(".json")
          ? new ShardedWeights(path, ShardIndex.read(path).open())
          : new ShardedWeights(path, List.of(SafetensorsFile.open(path)));
    }
    if (Files.exists(path.resolve(SINGLE))) {
      return new ShardedWeights(path, List.of(SafetensorsFile.open(path.resolve(SINGLE))));
    }
    if (Files.exists(path.resolve(INDEX))) {
      return new ShardedWeights(path, ShardIndex.read(path.resolve(INDEX)).open());
    }
    throw new SafetensorsException(path, Rule.INDEX, "folder", SINGLE + " or " + INDEX, "neither");
  }

  /** The shards, in the order of their names. */
  public List<SafetensorsFile> files() {
    return files;
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(fileOf.keySet());
  }

  @Override
  public TensorInfo info(String name) throws IOException {
    return file(name).info(name);
  }

  @Override
  public void readFloats(String name, long fromElement, FloatBuffer dst) throws IOException {
    file(name).readFloats(name, fromElement, dst);
  }

  @Override
  public void readBytes(String name, long fromByte, ByteBuffer dst) throws IOException {
    file(name).readBytes(name, fromByte, dst);
  }

  @Override
  public boolean hasBytes() {
    return true;
  }

  @Override
  public long[] readLongs(String name) throws IOException {
    return file(name).readLongs(name);
  }

  /** The metadata of the first shard. */
  @Override
  public Map<String, String> metadata() {
    return files.isEmpty() ? Map.of() : files.get(0).metadata();
  }

  @Override
  public String describe() {
    return path.toString();
  }

  /** The file that holds a tensor. */
  public SafetensorsFile file(String name) throws IOException {
    SafetensorsFile file = fileOf.get(name);
    if (file == null) {
      throw new SafetensorsException(path, Rule.REQUEST, "tensor '" + name + "'",
          "one of the checkpoint's " + fileOf.size() + " tensors (nearest: "
              + String.join(", ", NearestNames.of(name, fileOf.keySet(), 3)) + ")", "none of this name");
    }
    return file;
  }

  @Override
  public void close() throws IOException {
    closeAll(files);
  }

  static void closeAll(List<SafetensorsFile> files) throws IOException {
    IOException first = null;
    for (SafetensorsFile file : files) {
      try {
        file.close();
      } catch (IOException failed) {
        if (first == null) {
          first = failed;
        } else {
          first.addSuppressed(failed);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
