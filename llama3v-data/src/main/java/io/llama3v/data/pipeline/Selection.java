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
import io.llama3v.io.Limits;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;

/**
 * Which samples of raw shards to use, and other captions for some of them: a filter that needs no shard to be rewritten. The file is
 * compressed JSONL, a header and one or more lines a shard, which add up: {@code {"shard": "00000.tar", "keep": ["key", …], "captions":
 * {"key": ["…"]}, "nth": {"key": 2}}}. A shard is known by its file name, or by as much of its path as stands in the file. Of a key that a
 * shard repeats, {@code nth} says which sample is meant, counted from 1; the first where it says nothing.
 */
public final class Selection {
  private static final String HEADER = "llama3v_selection";
  private static final int VERSION = 1;
  private final Path file;
  private final Map<Path, Kept> shards = new LinkedHashMap<>();

  /** What is kept of one shard: for each key which of its samples, and captions of some. */
  private record Kept(Map<String, Integer> nth, Map<String, List<String>> captions) {}

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
        if (lines.tooLong()) {
          throw new IOException(where + ": the line is longer than " + Limits.LINE_BYTES + " bytes; cut it into several lines of the same shard");
        }
        JsonNode json = Json.parse(new String(line, StandardCharsets.UTF_8), where);
        if (lines.number() == 1) {
          if (json.path(HEADER).asInt() != VERSION) {
            throw new IOException(where + ": expected {\"" + HEADER + "\": " + VERSION + "}; this is no selection of this version");
          }
        } else if (!json.path("shard").isTextual() || !json.path("keep").isArray()) {
          throw new IOException(where + ": expected 'shard' and 'keep'");
        } else {
          selection.add(json, where);
        }
      }
    }
    return selection;
  }

  private void add(JsonNode json, String where) throws IOException {
    Kept shard = shards.computeIfAbsent(Path.of(json.path("shard").asText()), s -> new Kept(new LinkedHashMap<>(), new HashMap<>()));
    json.path("keep").forEach(key -> shard.nth().put(key.asText(), json.path("nth").path(key.asText()).asInt(1)));
    for (Map.Entry<String, JsonNode> field : json.path("captions").properties()) {
      List<String> texts = new ArrayList<>();
      field.getValue().forEach(text -> texts.add(text.asText()));
      if (!field.getValue().isArray() || texts.isEmpty()) {
        throw new IOException(where + ": 'captions' of '" + field.getKey() + "': expected a list of texts that is not empty");
      }
      shard.captions().put(field.getKey(), List.copyOf(texts));
    }
  }

  /** Samples selected in all. */
  public long size() {
    return shards.values().stream().mapToLong(s -> s.nth().size()).sum();
  }

  /**
   * The selected samples of raw shards, in the shards' order.
   *
   * @throws IllegalArgumentException if the selection knows nothing of one of the shards, or a selected sample is not there
   */
  public SampleSource apply(ShardIndex index) {
    int[] chosen = new int[Math.toIntExact(index.size())];
    Map<Integer, List<String>> captions = new HashMap<>();
    int size = 0;
    Path file = null;
    Kept shard = null;
    Map<String, Integer> wanted = new HashMap<>(); // how many samples of a key there are up to the selected one
    for (int i = 0; i < chosen.length; i++) {
      if (!index.file(i).equals(file)) {
        requireAll(file, wanted.keySet());
        file = index.file(i);
        shard = of(file);
        wanted.putAll(shard.nth());
      }
      String key = index.key(i);
      Integer left = wanted.remove(key);
      if (left != null && left > 1) {
        wanted.put(key, left - 1);
      } else if (left != null) {
        if (shard.captions().containsKey(key)) {
          captions.put(i, shard.captions().get(key));
        }
        chosen[size++] = i;
      }
    }
    requireAll(file, wanted.keySet());
    return new Selected(index, Arrays.copyOf(chosen, size), captions);
  }

  private void requireAll(Path shard, Set<String> wanted) {
    if (!wanted.isEmpty()) {
      throw new IllegalArgumentException(file + " selects " + wanted.size() + " samples that " + shard + " does not have, such as '"
          + wanted.iterator().next() + "'; it was made for other shards, or these have changed");
    }
  }

  private Kept of(Path path) {
    for (Map.Entry<Path, Kept> entry : shards.entrySet()) {
      if (path.endsWith(entry.getKey())) {
        return entry.getValue();
      }
    }
    throw new IllegalArgumentException(file + " knows no shard " + path + "; it was made for others, such as "
        + shards.keySet().stream().limit(3).toList());
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
    /** Characters of a line, about: far from what a reader takes, also where each of them becomes an escape of six bytes. */
    private static final int LINE = 1 << 20;
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
      shard(shard, keep, captions, Map.of());
    }

    /**
     * The same of a shard that repeats keys.
     *
     * @param nth of keys whose first sample is not the one that is meant: which one, counted from 1
     */
    public void shard(String shard, List<String> keep, Map<String, List<String>> captions, Map<String, Integer> nth) throws IOException {
      int next = 0;
      do {
        ObjectNode node = JsonNodeFactory.instance.objectNode().put("shard", shard);
        ArrayNode keys = node.putArray("keep");
        for (long length = 0; next < keep.size() && length < LINE; next++) {
          String key = keep.get(next);
          keys.add(key);
          length += key.length();
          if (captions.containsKey(key)) {
            node.withObject("/captions").set(key, Json.mapper().valueToTree(captions.get(key)));
            length += key.length() + captions.get(key).stream().mapToLong(String::length).sum();
          }
          if (nth.containsKey(key)) {
            node.withObject("/nth").put(key, nth.get(key));
          }
        }
        line(node);
      } while (next < keep.size());
    }

    private void line(JsonNode node) throws IOException {
      out.write(Json.write(node).getBytes(StandardCharsets.UTF_8));
      out.write('\n');
    }

    /** Gives the file its name. */
    public void publish() throws IOException {
      out.close();
      AtomicFiles.forceFile(aside);
      AtomicFiles.publish(aside, file);
    }

    @Override
    public void close() throws IOException {
      out.close();
      Files.deleteIfExists(aside);
    }
  }
}
