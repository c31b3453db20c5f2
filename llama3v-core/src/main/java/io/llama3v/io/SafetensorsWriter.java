package io.llama3v.io;

import io.llama3v.io.SafetensorsException.Rule;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Writes safetensors files. The bytes depend only on the tensors and metadata, not on the order in which they are
 * given, and equal those of the reference implementation: tensors by element type (widest first), then by name, and
 * a header padded with spaces to a multiple of 8 bytes. A file appears whole or not at all ({@link AtomicFiles}).
 */
public final class SafetensorsWriter {
  /** What Hugging Face's loaders expect to find in {@code __metadata__}. */
  public static final Map<String, String> DEFAULT_METADATA = Map.of("format", "pt");

  private SafetensorsWriter() {}

  /** Produces one tensor's data, in row-major order and in as many pieces as it likes. Called once. */
  @FunctionalInterface
  public interface Body {
    void writeTo(TensorSink sink) throws IOException;
  }

  /** A tensor to write. */
  public record Entry(TensorInfo info, Body body) {

    public static Entry of(String name, SafetensorsType dtype, long[] shape, Body body) {
      return new Entry(new TensorInfo(name, dtype, shape), body);
    }

    /** Float values, stored as F32, F16, BF16 or F64. */
    public static Entry ofFloats(String name, SafetensorsType dtype, long[] shape, float[] values) {
      return of(name, dtype, shape, sink -> sink.floats(FloatBuffer.wrap(values)));
    }

    /** Integer values, stored as any of the integer types or BOOL. */
    public static Entry ofLongs(String name, SafetensorsType dtype, long[] shape, long[] values) {
      return of(name, dtype, shape, sink -> sink.longs(values));
    }

    /** The same tensor as in another file, byte for byte. */
    public static Entry copyOf(SafetensorsFile source, String name) throws IOException {
      TensorInfo info = source.info(name);
      return new Entry(info, sink -> {
        ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(info.bytes(), 1 << 20));
        for (long at = 0; at < info.bytes(); at += chunk.limit()) {
          chunk.clear().limit((int) Math.min(chunk.capacity(), info.bytes() - at));
          source.readBytes(name, at, chunk);
          sink.bytes(chunk.flip());
        }
      });
    }
  }

  /** Writes or replaces one file, with metadata {@code format=pt}. */
  public static void write(Path file, List<Entry> entries) throws IOException {
    write(file, entries, DEFAULT_METADATA);
  }

  /** Writes or replaces one file. Empty {@code metadata} leaves the header without any. */
  public static void write(Path file, List<Entry> entries, Map<String, String> metadata) throws IOException {
    List<Entry> ordered = ordered(file, entries);
    byte[] header = header(file, ordered, metadata);
    AtomicFiles.write(file, channel -> {
      ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, header.length);
      AtomicFiles.writeFully(channel, length);
      AtomicFiles.writeFully(channel, ByteBuffer.wrap(header));
      TensorSink sink = new TensorSink(channel);
      for (Entry entry : ordered) {
        sink.begin(entry.info());
        entry.body().writeTo(sink);
        sink.end();
      }
    });
  }

  private static List<Entry> ordered(Path file, List<Entry> entries) throws IOException {
    Set<String> names = new HashSet<>();
    for (Entry entry : entries) {
      TensorInfo info = entry.info();
      if (info.name().equals(SafetensorsHeader.METADATA_KEY) || !names.add(info.name())) {
        throw new SafetensorsException(file, Rule.WRITER, "tensors", "names that differ from each other and from "
            + SafetensorsHeader.METADATA_KEY, "'" + info.name() + "'" + (names.contains(info.name()) ? " twice" : ""));
      }
      if (info.elements() * info.dtype().bits() % 8 != 0) {
        throw new SafetensorsException(file, Rule.MISALIGNED, "tensor '" + info.name() + "'",
            "a whole number of bytes", info.elements() * info.dtype().bits() + " bits");
      }
    }
    List<Entry> ordered = new ArrayList<>(entries);
    ordered.sort(Comparator.comparing((Entry entry) -> entry.info().dtype()).reversed()
        .thenComparing(entry -> utf8(entry.info().name()), Arrays::compareUnsigned));
    return ordered;
  }

  private static byte[] header(Path file, List<Entry> ordered, Map<String, String> metadata) throws IOException {
    StringBuilder json = new StringBuilder("{");
    if (!metadata.isEmpty()) {
      StringBuilder pairs = new StringBuilder();
      new TreeMap<>(metadata).forEach((key, value) ->
          pairs.append(pairs.isEmpty() ? "" : ",").append(quote(key)).append(':').append(quote(value)));
      json.append(quote(SafetensorsHeader.METADATA_KEY)).append(":{").append(pairs).append('}');
    }
    long offset = 0;
    for (Entry entry : ordered) {
      TensorInfo info = entry.info();
      long end = Math.addExact(offset, info.bytes());
      json.append(json.length() == 1 ? "" : ",").append(quote(info.name()))
          .append(":{\"dtype\":\"").append(info.dtype())
          .append("\",\"shape\":").append(Arrays.toString(info.shape()).replace(" ", ""))
          .append(",\"data_offsets\":[").append(offset).append(',').append(end).append("]}");
      offset = end;
    }
    json.append('}');
    byte[] text = utf8(json.toString());
    if (text.length > Limits.HEADER_BYTES - 7) {
      throw new SafetensorsException(file, Rule.WRITER, "header", "at most " + Limits.HEADER_BYTES
          + " bytes; write several files", text.length);
    }
    byte[] padded = Arrays.copyOf(text, (text.length + 7) / 8 * 8);
    Arrays.fill(padded, text.length, padded.length, (byte) ' ');
    return padded;
  }

  /** A JSON string with the fewest escapes: quote, backslash and control characters. */
  private static String quote(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> out.append('\\').append(c);
        case '\b' -> out.append("\\b");
        case '\t' -> out.append("\\t");
        case '\n' -> out.append("\\n");
        case '\f' -> out.append("\\f");
        case '\r' -> out.append("\\r");
        default -> {
          if (c < ' ') {
            out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.append('"').toString();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
