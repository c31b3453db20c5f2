package io.llama3v.data.curate;

import java.util.Arrays;

/** A list of 64-bit hashes that grows. */
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
    Arrays.parallelSort(values, 0, size);
    return size == values.length ? values : Arrays.copyOf(values, size);
  }
}
