package io.llama3v.data.curate.ngram;

import java.util.Arrays;

/**
 * Counts of pairs of numbers in bounded memory: an open hash table. When it is full, every count is lowered by one and zeros leave
 * (J. Misra, D. Gries: Finding repeated elements, 1982), so that a count is too low by at most {@link #undercount()}.
 */
final class PairCounts {
  private static final long EMPTY = -1;
  private final int limit;
  private long[] keys = new long[1024];
  private int[] counts = new int[1024];
  private int size;
  private int undercount;

  /** @param limit pairs held at most */
  PairCounts(int limit) {
    this.limit = limit;
    Arrays.fill(keys, EMPTY);
  }

  interface Visitor {
    void visit(int first, int second, int count);
  }

  void increment(int first, int second) {
    long key = (long) first << 32 | second;
    int at = slot(keys, key);
    if (keys[at] == EMPTY) {
      keys[at] = key;
      size++;
    }
    if (counts[at] < Integer.MAX_VALUE) counts[at]++;
    if (size > limit) {
      undercount++;
      rebuild(keys.length, 1);
    } else if (size > keys.length / 2 && keys.length < 1 << 29) {
      rebuild(2 * keys.length, 0);
    }
  }

  private void rebuild(int capacity, int minus) {
    long[] newKeys = new long[capacity];
    int[] newCounts = new int[capacity];
    Arrays.fill(newKeys, EMPTY);
    size = 0;
    for (int i = 0; i < keys.length; i++) {
      if (keys[i] == EMPTY || counts[i] <= minus) continue;
      int at = slot(newKeys, keys[i]);
      newKeys[at] = keys[i];
      newCounts[at] = counts[i] - minus;
      size++;
    }
    keys = newKeys;
    counts = newCounts;
  }

  private static int slot(long[] keys, long key) {
    int mask = keys.length - 1;
    long h = (key ^ key >>> 29) * 0x9E3779B97F4A7C15L;
    int at = (int) (h >>> 32) & mask;
    while (keys[at] != EMPTY && keys[at] != key) at = at + 1 & mask;
    return at;
  }

  /** How much too low a count may be. */
  int undercount() {
    return undercount;
  }

  /** Visits every pair, in no particular order. */
  void forEach(Visitor visitor) {
    for (int i = 0; i < keys.length; i++) {
      if (keys[i] != EMPTY) visitor.visit((int) (keys[i] >>> 32), (int) keys[i], counts[i]);
    }
  }
}
