package io.llama3v.text;

import java.util.Arrays;

/** Which two neighbouring symbols merge into which, and how early: a hash map from (left, right) to (rank, result). */
final class MergeTable {
  /** What {@link #find} answers for a pair that does not merge. */
  static final long NONE = -1;

  private long[] keys;
  private long[] values;
  private int size;

  MergeTable(int expected) {
    int capacity = Integer.highestOneBit(Math.max(expected, 8) * 2 - 1) * 2;
    keys = new long[capacity];
    values = new long[capacity];
    Arrays.fill(keys, NONE);
  }

  /** Adds a merge unless the pair already has one: the first, lower-ranked entry wins. */
  void put(int left, int right, int rank, int result) {
    if (size * 2 >= keys.length) {
      grow();
    }
    long key = pair(left, right);
    int slot = slot(key);
    if (keys[slot] == NONE) {
      keys[slot] = key;
      values[slot] = pair(rank, result);
      size++;
    }
  }

  /** Rank in the upper and resulting symbol in the lower 32 bits, or {@link #NONE}. Lower ranks merge first. */
  long find(int left, int right) {
    int slot = slot(pair(left, right));
    return keys[slot] == NONE ? NONE : values[slot];
  }

  static long pair(int high, int low) {
    return (long) high << 32 | low & 0xFFFFFFFFL;
  }

  private int slot(long key) {
    int mask = keys.length - 1;
    long mixed = key * 0x9E3779B97F4A7C15L;
    int slot = (int) (mixed ^ mixed >>> 32) & mask;
    while (keys[slot] != NONE && keys[slot] != key) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private void grow() {
    long[] oldKeys = keys;
    long[] oldValues = values;
    keys = new long[oldKeys.length * 2];
    values = new long[oldKeys.length * 2];
    Arrays.fill(keys, NONE);
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != NONE) {
        int slot = slot(oldKeys[i]);
        keys[slot] = oldKeys[i];
        values[slot] = oldValues[i];
      }
    }
  }
}
