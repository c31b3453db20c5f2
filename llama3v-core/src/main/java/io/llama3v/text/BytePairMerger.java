package io.llama3v.text;

import java.util.Arrays;

/**
 * Byte-pair encoding of one piece: while any two neighbours merge, merge those of the lowest rank, the leftmost first. Candidates
 * wait in a heap, so a piece of n symbols takes O(n log n) however long it is.
 */
final class BytePairMerger {
  private final MergeTable merges;

  BytePairMerger(MergeTable merges) {
    this.merges = merges;
  }

  /** Merges {@code symbols[0..count)} in place and returns how many symbols are left at its front. */
  int merge(int[] symbols, int count) {
    if (count < 2) {
      return count;
    }
    int[] previous = new int[count];
    int[] next = new int[count];
    long[] candidate = new long[count];
    Heap heap = new Heap(count);
    for (int i = 0; i < count; i++) {
      previous[i] = i - 1;
      next[i] = i + 1;
      candidate[i] = i + 1 < count ? merges.find(symbols[i], symbols[i + 1]) : MergeTable.NONE;
      heap.offer(candidate[i], i);
    }
    while (heap.size > 0) {
      long top = heap.poll();
      int at = (int) top;
      // An entry is stale when its symbol was swallowed or has another neighbour by now.
      if (candidate[at] == MergeTable.NONE || candidate[at] >>> 32 != top >>> 32) {
        continue;
      }
      int swallowed = next[at];
      symbols[at] = (int) candidate[at];
      candidate[swallowed] = MergeTable.NONE;
      next[at] = next[swallowed];
      if (next[at] < count) {
        previous[next[at]] = at;
      }
      candidate[at] = next[at] < count ? merges.find(symbols[at], symbols[next[at]]) : MergeTable.NONE;
      heap.offer(candidate[at], at);
      int before = previous[at];
      if (before >= 0) {
        candidate[before] = merges.find(symbols[before], symbols[at]);
        heap.offer(candidate[before], before);
      }
    }
    int left = 0;
    for (int i = 0; i < count; i = next[i]) {
      symbols[left++] = symbols[i];
    }
    return left;
  }

  /** A binary min-heap of (rank, position) packed into longs. */
  private static final class Heap {
    private long[] items;
    private int size;

    Heap(int capacity) {
      items = new long[capacity];
    }

    void offer(long candidate, int position) {
      if (candidate == MergeTable.NONE) {
        return;
      }
      if (size == items.length) {
        items = Arrays.copyOf(items, size * 2);
      }
      long item = candidate & 0xFFFFFFFF00000000L | position;
      int hole = size++;
      while (hole > 0 && items[hole - 1 >>> 1] > item) {
        items[hole] = items[hole - 1 >>> 1];
        hole = hole - 1 >>> 1;
      }
      items[hole] = item;
    }

    long poll() {
      long top = items[0];
      long last = items[--size];
      int hole = 0;
      for (int child = 1; child < size; child = 2 * hole + 1) {
        if (child + 1 < size && items[child + 1] < items[child]) {
          child++;
        }
        if (items[child] >= last) {
          break;
        }
        items[hole] = items[child];
        hole = child;
      }
      items[hole] = last;
      return top;
    }
  }
}
