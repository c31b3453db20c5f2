package io.llama3v.data.curate;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/** Lists of 64-bit hashes that grow, and their bytes. */
public final class HashList {
  private long[] values = new long[256];
  private int size;

  public void add(long value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, Math.addExact(size, Math.max(256, size >> 1)));
    }
    values[size++] = value;
  }

  public void addAll(long[] more) {
    if (values.length - size < more.length) {
      values = Arrays.copyOf(values, Math.max(Math.addExact(size, more.length), (int) Math.min(Integer.MAX_VALUE - 8, size * 3L / 2)));
    }
    System.arraycopy(more, 0, values, size, more.length);
    size += more.length;
  }

  public long[] toArray() {
    return Arrays.copyOf(values, size);
  }

  /** The values in rising order; this list is of no more use. */
  public long[] sorted() {
    long[] all = size == values.length ? values : Arrays.copyOf(values, size);
    Arrays.parallelSort(all);
    return all;
  }

  public static void write(long[] values, DataOutput out) throws IOException {
    out.writeInt(values.length);
    for (long value : values) {
      out.writeLong(value);
    }
  }

  public static long[] read(DataInput in) throws IOException {
    long[] values = new long[in.readInt()];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.readLong();
    }
    return values;
  }
}
