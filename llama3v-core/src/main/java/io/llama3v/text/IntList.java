package io.llama3v.text;

import java.util.Arrays;

/** A growing list of ints. */
final class IntList {
  private int[] values = new int[16];
  private int size;

  void add(int value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, size * 2);
    }
    values[size++] = value;
  }

  void addAll(int[] source) {
    addAll(source, source.length);
  }

  void addAll(int[] source, int count) {
    if (size + count > values.length) {
      values = Arrays.copyOf(values, Math.max(values.length * 2, size + count));
    }
    System.arraycopy(source, 0, values, size, count);
    size += count;
  }

  int get(int index) {
    return values[index];
  }

  int size() {
    return size;
  }

  int[] toArray() {
    return Arrays.copyOf(values, size);
  }
}
