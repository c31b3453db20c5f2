package io.llama3v.train.preference;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.sample.SampleSource;
import io.llama3v.io.Digests;
import io.llama3v.io.Json;
import io.llama3v.io.Limits;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Lines of JSONL files as samples: member {@code json} is the line, members {@code image.0}, {@code image.1}, … are the pictures that its
 * {@code images} names ({@link PictureFiles}). All lines are read once on opening, so that a mistake in the last line is found before
 * hours of training; pictures are read when a line is. Holds 12 bytes a line. Safe for several threads.
 */
public final class JsonlSource implements SampleSource, AutoCloseable {
  /** Looks at a line and throws an IllegalArgumentException if it is not what is needed. */
  @FunctionalInterface
  public interface Check {
    void line(JsonNode line, String where);
  }

  private final List<Path> files;
  private final List<FileChannel> channels = new ArrayList<>();
  private final PictureFiles pictures = new PictureFiles();
  private int[] file = new int[256];
  private int[] number = new int[256];
  private long[] start = new long[256];
  private int size;

  private JsonlSource(List<Path> files) {
    this.files = List.copyOf(files);
  }

  /**
   * Opens files.
   *
   * @param check of every line
   * @throws IllegalArgumentException if a line fails the check, or all are empty
   */
  public static JsonlSource open(List<Path> files, Check check) throws IOException {
    JsonlSource source = new JsonlSource(files);
    try {
      for (int i = 0; i < files.size(); i++) source.scan(i, check);
      if (source.size == 0) throw new IllegalArgumentException(files + " hold no line");
      return source;
    } catch (IOException | RuntimeException e) {
      try (source) {
        throw e;
      }
    }
  }

  private void scan(int index, Check check) throws IOException {
    Path path = files.get(index);
    if (!Files.isRegularFile(path)) throw new IllegalArgumentException("there is no file " + path);
    channels.add(FileChannel.open(path, StandardOpenOption.READ));
    byte[] line = new byte[4096];
    int length = 0;
    int lines = 0;
    long at = 0;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(path), 1 << 16)) {
      while (true) {
        int b = in.read();
        if (b >= 0 && b != '\n') {
          if (length == Limits.LINE_BYTES) throw new IllegalArgumentException(path + ":" + (lines + 1) + ": a line of more than " + Limits.LINE_BYTES + " bytes");
          if (length == line.length) line = Arrays.copyOf(line, Math.min(Limits.LINE_BYTES, 2 * length));
          line[length++] = (byte) b;
          continue;
        }
        lines++;
        String text = new String(line, 0, length, StandardCharsets.UTF_8);
        if (!text.isBlank()) {
          String where = path + ":" + lines;
          check.line(Json.parse(text, where), where);
          add(index, lines, at);
        }
        at += length + 1L;
        length = 0;
        if (b < 0) return;
      }
    }
  }

  private void add(int index, int line, long at) {
    if (size == Limits.INDEX_ENTRIES) throw new IllegalArgumentException(files + " hold more than " + Limits.INDEX_ENTRIES + " lines");
    if (size == start.length) {
      file = Arrays.copyOf(file, 2 * size);
      number = Arrays.copyOf(number, 2 * size);
      start = Arrays.copyOf(start, 2 * size);
    }
    file[size] = index;
    number[size] = line;
    start[size++] = at;
  }

  @Override
  public long size() {
    return size;
  }

  /** The file that holds a line. */
  public Path file(long index) {
    return files.get(file[Math.toIntExact(index)]);
  }

  /** File and number of a line, for messages. */
  public String where(long index) {
    int i = Math.toIntExact(index);
    return files.get(file[i]) + ":" + number[i];
  }

  /** A line without its pictures. */
  public JsonNode line(long index) throws IOException {
    return Json.parse(new String(bytes(index), StandardCharsets.UTF_8), where(index));
  }

  @Override
  public Sample read(long index) throws IOException {
    byte[] bytes = bytes(index);
    JsonNode line = Json.parse(new String(bytes, StandardCharsets.UTF_8), where(index));
    Map<String, byte[]> members = new LinkedHashMap<>();
    members.put("json", bytes);
    int i = 0;
    for (JsonNode image : line.path("images")) {
      members.put("image." + i++, pictures.read(image.asText(), files.get(file[Math.toIntExact(index)]), where(index)));
    }
    return new Sample(line.path("id").asText(where(index)), members);
  }

  private byte[] bytes(long index) throws IOException {
    int i = Math.toIntExact(index);
    FileChannel channel = channels.get(file[i]);
    long end = i + 1 < size && file[i + 1] == file[i] ? start[i + 1] : channel.size();
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(Limits.LINE_BYTES + 1L, Math.max(0, end - start[i])));
    while (buffer.hasRemaining() && channel.read(buffer, start[i] + buffer.position()) >= 0) { }
    int length = 0;
    while (length < buffer.position() && buffer.get(length) != '\n') length++;
    return Arrays.copyOf(buffer.array(), length);
  }

  /** SHA-256 of the files' lines. Pictures are not read for it. */
  @Override
  public String fingerprint() throws IOException {
    StringBuilder all = new StringBuilder();
    for (Path path : files) all.append(Digests.sha256(path)).append('\n');
    return Digests.sha256(all.toString());
  }

  @Override
  public String describe() {
    return files.size() == 1 ? files.get(0).toString() : files.size() + " files of lines";
  }

  @Override
  public void close() throws IOException {
    pictures.close();
    for (FileChannel channel : channels) channel.close();
  }
}
