package io.llama3v.io;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.io.SafetensorsException.Rule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The index of a sharded checkpoint, {@code model.safetensors.index.json}.
 *
 * @param file      the index file
 * @param totalSize data bytes of all tensors together; -1 when the index does not say
 * @param weightMap tensor name to shard file name
 */
record ShardIndex(Path file, long totalSize, Map<String, String> weightMap) {

  static ShardIndex read(Path file) throws IOException {
    JsonNode root;
    try {
      root = Json.read(file);
    } catch (java.nio.file.FileSystemException absent) {
      throw absent;
    } catch (IOException malformed) {
      throw new SafetensorsException(file, Rule.INDEX, "index", "well-formed JSON", malformed.getMessage());
    }
    JsonNode map = root.path("weight_map");
    if (!map.isObject()) {
      throw new SafetensorsException(file, Rule.INDEX, "weight_map", "an object", map.isMissingNode() ? "none" : map.getNodeType());
    }
    if (map.size() > Limits.INDEX_ENTRIES) {
      throw new SafetensorsException(file, Rule.INDEX, "weight_map", "at most " + Limits.INDEX_ENTRIES + " names", map.size());
    }
    Map<String, String> weightMap = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : map.properties()) {
      if (!entry.getValue().isTextual()) {
        throw new SafetensorsException(file, Rule.INDEX, "weight_map '" + entry.getKey() + "'", "a file name",
            entry.getValue().getNodeType());
      }
      weightMap.put(entry.getKey(), entry.getValue().textValue());
    }
    JsonNode total = root.path("metadata").path("total_size");
    if (!total.isMissingNode() && !(total.isIntegralNumber() && total.canConvertToLong() && total.longValue() >= 0)) {
      throw new SafetensorsException(file, Rule.INDEX, "metadata.total_size", "a non-negative integer", total.getNodeType());
    }
    return new ShardIndex(file, total.isMissingNode() ? -1 : total.longValue(), weightMap);
  }

  /** Opens all shards, in the order of their names, and checks that they hold what the index says and no more. */
  List<SafetensorsFile> open() throws IOException {
    List<SafetensorsFile> files = new ArrayList<>();
    try {
      long bytes = 0;
      int tensors = 0;
      for (String shard : new TreeSet<>(weightMap.values())) {
        SafetensorsFile opened = SafetensorsFile.open(resolve(shard));
        files.add(opened);
        for (String name : opened.names()) {
          String listed = weightMap.get(name);
          if (!shard.equals(listed)) {
            throw new SafetensorsException(file, Rule.INDEX, "tensor '" + name + "'",
                listed == null ? "to be listed, for " + shard + " holds it" : "to be in " + listed + " alone",
                listed == null ? "no entry" : "another in " + shard);
          }
          bytes = Math.addExact(bytes, opened.info(name).bytes());
        }
        tensors += opened.names().size();
      }
      if (tensors != weightMap.size()) {
        String absent = weightMap.keySet().stream()
            .filter(name -> files.stream().noneMatch(shard -> shard.contains(name))).findFirst().orElseThrow();
        throw new SafetensorsException(file, Rule.INDEX, "tensor '" + absent + "'", "to be in " + weightMap.get(absent), "none of this name there");
      }
      if (totalSize >= 0 && totalSize != bytes) {
        throw new SafetensorsException(file, Rule.INDEX, "metadata.total_size", bytes + ", the sum of all tensors' bytes", totalSize);
      }
      return List.copyOf(files);
    } catch (Throwable failed) {
      ShardedWeights.closeAll(files);
      throw failed;
    }
  }

  /** The path of a shard, once its name is known to be a plain one that does not lead out of the index's folder. */
  private Path resolve(String shard) throws IOException {
    boolean plain = !shard.isBlank() && !shard.equals(".") && !shard.equals("..")
        && shard.chars().noneMatch(c -> c == '/' || c == '\\' || c == ':' || c < ' ');
    if (!plain) {
      throw new SafetensorsException(file, Rule.INDEX, "weight_map", "plain file names", "'" + shard + "'");
    }
    Path folder = file.toAbsolutePath().getParent();
    Path path = folder.resolve(shard);
    if (!Files.isRegularFile(path)) {
      throw new SafetensorsException(file, Rule.INDEX, "shard '" + shard + "'", "a file beside the index", "none");
    }
    Path real = path.toRealPath();
    Path realFolder = folder.toRealPath();
    // The Hugging Face cache links snapshots/REVISION/NAME to blobs/HASH beside snapshots: the one link out that is meant.
    Path blobs = realFolder.resolve("../../blobs").normalize();
    boolean cached = realFolder.getParent() != null && realFolder.getParent().endsWith("snapshots") && blobs.equals(real.getParent());
    if (!realFolder.equals(real.getParent()) && !cached) {
      throw new SafetensorsException(file, Rule.INDEX, "shard '" + shard + "'", "a file inside " + realFolder, "a link to " + real);
    }
    return file.resolveSibling(shard);
  }
}
