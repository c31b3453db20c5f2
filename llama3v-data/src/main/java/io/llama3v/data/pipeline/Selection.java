package io.llama3v.data.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llama3v.data.format.LineReader;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.sample.SampleSource;
import io.llama3v.data.shard.BoundedGzip;
import io.llama3v.data.shard.ShardIndex;
import io.llama3v.io.AtomicFiles;
import io.llama3v.io.Digests;
import io.llama3v.io.Json;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;

/**
 * Which samples of raw shards to use, and other captions for some of them: a filter that needs no shard to be rewritten. The file is
 * compressed JSONL, a header and one line a shard: {@code {"shard": "00000.tar", "keep": ["key", …], "captions": {"key": ["…"]}}}. A shard
 * is known by its file name, or by as much of its path as stands in the file.
 */
public final class Selection {
  private static final String HEADER = "llama3v_selection";
  private static final int VERSION = 1;
  private final Path file;
  private final Map<Path, JsonNode> shards = new LinkedHashMap<>();

  private Selection(Path file) {
    this.file = file;
  }

  /**
   * Reads a selection file.
   *
   * @throws IOException if it is none, with the line
   */
  public static Selection read(Path file) throws IOException {
    Selection selection = new Selection(file);
    try (LineReader lines = new LineReader(new BoundedGzip(Files.newInputStream(file), file.toString()))) {
      for (byte[] line = lines.next(); line != null; line = lines.next()) {
        String where = file + ":" + lines.number();
        JsonNode json = Json.parse(new String(line, StandardCharsets.UTF_8), where);
        if (lines.number() == 1) {
          if (json.path(HEADER).asInt() != VERSION) {
            throw new IOException(where + ": expected {\"" + HEADER + "\": " + VERSION + "}; this is no selection of this version");
          }
        } else if (!json.path("shard").isTextual() || !json.path("keep").isArray()) {
          throw new IOException(where + ": expected 'shard' and 'keep'");
        } else {
          selection.shards.put(Path.of(json.path("shard").asText()), json);
        }
      }
    }
    return selection;
  }

  /** Samples selected in all. */
  public long size() {
    return shards.values().stream().mapToLong(s -> s.path("keep").size()).sum();
  }

  /**
   * The selected samples of raw shards, in the shards' order. Of a key that a shard repeats, the first is meant.
   *
   * @throws IllegalArgumentException if the selection knows nothing of one of the shards, or a selected sample is not there
   */
  public SampleSource apply(ShardIndex index) {
    int[] chosen = new int[Math.toIntExact(index.size())];
    Map<Integer, List<String>> captions = new HashMap<>();
    int size = 0;
    Path file = null;
    JsonNode shard = null;
    Set<String> wanted = new HashSet<>();
    for (int i = 0; i < chosen.length; i++) {
      if (!index.file(i).equals(file)) {
        requireAll(file, wanted);
        file = index.file(i);
        shard = of(file);
        shard.path("keep").forEach(key -> wanted.add(key.asText()));
      }
      String key = index.key(i);
      if (wanted.remove(key)) {
        JsonNode other = shard.path("captions").get(key);
        if (other != null) {
          captions.put(i, texts(other));
        }
        chosen[size++] = i;
      }
    }
    requireAll(file, wanted);
    return new Selected(index, Arrays.copyOf(chosen, size), captions);
  }

  private void requireAll(Path shard, Set<String> wanted) {
    if (!wanted.isEmpty()) {
      throw new IllegalArgumentException(file + " selects " + wanted.size() + " samples that " + shard + " does not have, such as '"
          + wanted.iterator().next() + "'; it was made for other shards");
    }
  }

  private JsonNode of(Path path) {
    for (Map.Entry<Path, JsonNode> entry : shards.entrySet()) {
      if (path.endsWith(entry.getKey())) {
        return entry.getValue();
      }
    }
    throw new IllegalArgumentException(file + " knows no shard " + path + "; it was made for others, such as "
        + shards.keySet().stream().limit(3).toList());
  }

  private static List<String> texts(JsonNode array) {
    return Arrays.asList(Json.mapper().convertValue(array, String[].class));
  }

  private record Selected(ShardIndex index, int[] chosen, Map<Integer, List<String>> captions) implements SampleSource {
    @Override
    public long size() {
      return chosen.length;
    }

    @Override
    public Sample read(long i) throws IOException {
      Sample sample = index.read(chosen[Math.toIntExact(i)]);
      List<String> other = captions.get(chosen[(int) i]);
      return other == null ? sample : recaptioned(sample, other);
    }

    @Override
    public String fingerprint() throws IOException {
      return Digests.sha256(index.fingerprint() + Arrays.toString(chosen) + new TreeMap<>(captions));
    }

    @Override
    public String describe() {
      return chosen.length + " selected of " + index.describe();
    }

    private static Sample recaptioned(Sample sample, List<String> captions) {
      Map<String, byte[]> members = new LinkedHashMap<>(sample.members());
      members.put("txt", captions.get(0).getBytes(StandardCharsets.UTF_8));
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      if (members.containsKey("json") && sample.json() instanceof ObjectNode before) {
        json.setAll(before);
      }
      json.put("caption", captions.get(0));
      ArrayNode list = json.putArray("captions");
      captions.forEach(list::add);
      members.put("json", Json.write(json).getBytes(StandardCharsets.UTF_8));
      return new Sample(sample.key(), members);
    }
  }

  /** Writes a selection, shard by shard; it appears when it is published. */
  public static final class Writer implements AutoCloseable {
    private final Path file;
    private final Path aside;
    private final OutputStream out;

    public Writer(Path file) throws IOException {
      this.file = file;
      this.aside = AtomicFiles.temporarySibling(file);
      this.out = new BufferedOutputStream(new GZIPOutputStream(Files.newOutputStream(aside), 1 << 16), 1 << 16);
      line(JsonNodeFactory.instance.objectNode().put(HEADER, VERSION));
    }

    /**
     * One shard; also one of which nothing is kept.
     *
     * @param shard    its file name, or more of its path where names repeat
     * @param captions of those that get other ones
     */
    public void shard(String shard, List<String> keep, Map<String, List<String>> captions) throws IOException {
      ObjectNode node = JsonNodeFactory.instance.objectNode().put("shard", shard);
      ArrayNode keys = node.putArray("keep");
      keep.forEach(keys::add);
      if (!captions.isEmpty()) {
        node.set("captions", Json.mapper().valueToTree(captions));
      }
      line(node);
    }

    private void line(JsonNode node) throws IOException {
      out.write(Json.write(node).getBytes(StandardCharsets.UTF_8));
      out.write('\n');
    }

    /** Gives the file its name. */
    public void publish() throws IOException {
      out.close();
      AtomicFiles.publish(aside, file);
    }

    @Override
    public void close() throws IOException {
      out.close();
      Files.deleteIfExists(aside);
    }
  }
}
