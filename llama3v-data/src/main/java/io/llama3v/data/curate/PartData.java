package io.llama3v.data.curate;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Texts and arrays as parts and results of reductions are written: a length, then the content. What is read grows with what is there, so
 * that a damaged length ends in an exception and not in a lack of memory.
 */
public final class PartData {
  private static final int CHUNK = 1 << 16;

  private PartData() {}

  /** Writes a text of any length; {@link DataOutput#writeUTF} refuses those of more than 65,535 bytes. */
  public static void writeText(String text, DataOutput out) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(utf8.length);
    out.write(utf8);
  }

  /** Reads what {@link #writeText} wrote. */
  public static String readText(DataInput in) throws IOException {
    return new String(readBytes(in, length(in)), StandardCharsets.UTF_8);
  }

  public static void writeLongs(long[] values, DataOutput out) throws IOException {
    out.writeInt(values.length);
    for (long value : values) {
      out.writeLong(value);
    }
  }

  /** Reads what {@link #writeLongs} wrote. */
  public static long[] readLongs(DataInput in) throws IOException {
    int count = length(in);
    long[] values = new long[Math.min(count, CHUNK)];
    for (int i = 0; i < count; i++) {
      if (i == values.length) {
        values = Arrays.copyOf(values, (int) Math.min(count, 2L * i));
      }
      values[i] = in.readLong();
    }
    return values;
  }

  /** The next {@code length} bytes. */
  public static byte[] readBytes(DataInput in, int length) throws IOException {
    byte[] bytes = new byte[Math.min(length, CHUNK)];
    for (int read = 0; read < length; read = bytes.length) {
      if (read > 0) {
        bytes = Arrays.copyOf(bytes, (int) Math.min(length, 2L * read));
      }
      in.readFully(bytes, read, bytes.length - read);
    }
    return bytes;
  }

  /** A number of things that follow. */
  public static int length(DataInput in) throws IOException {
    int length = in.readInt();
    if (length < 0) {
      throw new IOException("a length of " + length + ": the data is damaged");
    }
    return length;
  }
}
