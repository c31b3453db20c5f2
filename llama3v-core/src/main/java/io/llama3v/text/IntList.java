package io.llama3v.text;

import java.util.Arrays;

/** A growing list of ints. */
public final class IntList {
  private int[] values = new int[16];
  private int size;

  /** Appends a value. */
  public void add(int value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, size * 2);
    }
    values[size++] = value;
  }

  /** Appends all values. */
  public void addAll(int[] source) {
    addAll(source, source.length);
  }

  /** Appends the first values. */
  public void addAll(int[] source, int count) {
    if (size + count > values.length) {
      values = Arrays.copyOf(values, Math.max(values.length * 2, size + count));
    }
    System.arraycopy(source, 0, values, size, count);
    size += count;
  }

  /** The value at an index. */
  public int get(int index) {
    return values[index];
  }

  /** How many there are. */
  public int size() {
    return size;
  }

  /** A copy of the values. */
  public int[] toArray() {
    return Arrays.copyOf(values, size);
  }
}
