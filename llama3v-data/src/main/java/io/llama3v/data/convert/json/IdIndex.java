package io.llama3v.data.convert.json;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.data.convert.ConvertException;
import io.llama3v.io.Json;
import io.llama3v.io.Limits;
import io.llama3v.tensor.Mix64;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where in a JSON file the entries of an array are, by a numeric id: the second file of a join, such as the annotations of VQAv2.
 *
 * <p>Opening reads the file once. What is held is 28 to 48 bytes an entry and no entry itself: at most 21 MB for the 443,757 annotations of
 * VQAv2's training split, whose file has 389 MB. An entry is read from the file each time it is asked for, which costs next to nothing
 * where both files have the same order, as published ones mostly do, and a disk access where they have not.
 */
public final class IdIndex implements AutoCloseable {
  private final Path file;
  private final String field;
  private final FileChannel channel;
  private long[] ids = new long[1024];
  private long[] starts = new long[1024];
  private int[] lengths = new int[1024];
  /** The next entry with the same hash, −1 at the end. */
  private int[] next;
  private int[] heads;
  private int size;

  private IdIndex(Path file, String field, String key) throws IOException {
    this.file = file;
    this.field = field;
    try (JsonElements elements = JsonElements.array(file, field)) {
      for (JsonView e = elements.next(); e != null; e = elements.next()) add(e.integer(key), e);
    }
    link();
    this.channel = FileChannel.open(file, StandardOpenOption.READ);
  }

  /**
   * Indexes a file.
   *
   * @param field the array
   * @param key   the entries' field that holds the id; several entries may have the same
   */
  public static IdIndex open(Path file, String field, String key) throws IOException {
    return new IdIndex(file, field, key);
  }

  /** Number of entries. */
  public int size() {
    return size;
  }

  /** The file. */
  public Path file() {
    return file;
  }

  /** The entries with an id, in the order of the file; empty if there are none. */
  public List<JsonView> find(long id) throws IOException {
    List<JsonView> found = new ArrayList<>(1);
    for (int i = heads[slot(id, heads.length)]; i >= 0; i = next[i]) if (ids[i] == id) found.add(read(i));
    return found;
  }

  private JsonView read(int i) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(lengths[i]);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, starts[i] + bytes.position()) < 0) throw new EOFException(file + ": became shorter since it was indexed");
    }
    String pointer = "/" + field + "/" + i;
    JsonNode node = Json.parse(new String(bytes.array(), StandardCharsets.UTF_8), ConvertException.where(file, 0, pointer));
    return new JsonView(file, 0, pointer, null, node, starts[i], starts[i] + lengths[i]);
  }

  private void add(long id, JsonView e) {
    if (size == Limits.INDEX_ENTRIES) throw e.bad("more than " + Limits.INDEX_ENTRIES + " entries; split the file");
    if (size == ids.length) {
      ids = Arrays.copyOf(ids, 2 * size);
      starts = Arrays.copyOf(starts, 2 * size);
      lengths = Arrays.copyOf(lengths, 2 * size);
    }
    ids[size] = id;
    starts[size] = e.start();
    lengths[size++] = (int) (e.end() - e.start());
  }

  private void link() {
    next = new int[size];
    heads = new int[Integer.highestOneBit(Math.max(1, size)) * 2];
    Arrays.fill(heads, -1);
    // From behind, so that a chain has the order of the file.
    for (int i = size - 1; i >= 0; i--) {
      int slot = slot(ids[i], heads.length);
      next[i] = heads[slot];
      heads[slot] = i;
    }
  }

  private static int slot(long id, int slots) {
    return (int) (Mix64.mix(id) & (slots - 1));
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
