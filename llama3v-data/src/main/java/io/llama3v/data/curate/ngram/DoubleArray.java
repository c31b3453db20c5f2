package io.llama3v.data.curate.ngram;

import java.util.Arrays;

/**
 * Places the children of trie states in one array: the child of state s by label b stands in slot {@code base[s] ^ b} and names s as
 * its parent there (J. Aoe: An efficient digital search algorithm by using a double-array structure, 1989, with an exclusive or in
 * place of the sum, so that the children of a state lie in one block of 256 slots). Only the newest blocks are searched for room;
 * this bounds the time of a placement whatever the entries look like.
 */
final class DoubleArray {
  private static final int BLOCK = 256;
  private static final int OPEN = 16;
  private static final int WINDOW = BLOCK * OPEN;
  private static final int NONE = -1;

  /** Ints a state: base, parent (-1 for a free slot and the root), and two for the user; they share a cache line. */
  static final int STRIDE = 4;
  static final int PARENT = 1;

  int[] nodes = new int[STRIDE * BLOCK];
  private int slots;
  // The free slots of the open blocks, in a ring: indices modulo WINDOW, values are slots.
  private final int[] next = new int[WINDOW];
  private final int[] previous = new int[WINDOW];
  private int firstFree = NONE;

  DoubleArray() {
    append();
    take(0, NONE);
  }

  int slots() {
    return slots;
  }

  /** Finds room for children by these labels, marks it as theirs, and sets the base of their parent. */
  void place(int parent, int[] labels, int count) {
    int base = find(labels, count);
    nodes[STRIDE * parent] = base;
    for (int i = 0; i < count; i++) take(base ^ labels[i], parent);
  }

  private int find(int[] labels, int count) {
    if (firstFree != NONE) {
      int slot = firstFree;
      do {
        int base = slot ^ labels[0];
        if (fits(base, labels, count)) return base;
        slot = next[slot % WINDOW];
      } while (slot != firstFree);
    }
    append();
    return slots - BLOCK;
  }

  private boolean fits(int base, int[] labels, int count) {
    for (int i = 1; i < count; i++) {
      int slot = base ^ labels[i];
      if (nodes[STRIDE * slot + PARENT] != NONE || slot == 0) return false;
    }
    return true;
  }

  private void take(int slot, int parent) {
    nodes[STRIDE * slot + PARENT] = parent;
    unlink(slot);
  }

  private void unlink(int slot) {
    int after = next[slot % WINDOW];
    int before = previous[slot % WINDOW];
    if (after == slot) {
      firstFree = NONE;
      return;
    }
    next[before % WINDOW] = after;
    previous[after % WINDOW] = before;
    if (firstFree == slot) firstFree = after;
  }

  /** Opens a block of free slots and closes the oldest open one. */
  private void append() {
    int leaving = slots - WINDOW;
    if (leaving >= 0) {
      for (int slot = leaving; slot < leaving + BLOCK; slot++) {
        if (nodes[STRIDE * slot + PARENT] == NONE && slot != 0) unlink(slot);
      }
    }
    int from = slots;
    slots = Math.addExact(slots, BLOCK);
    if ((long) STRIDE * slots > Integer.MAX_VALUE - 8) throw new OutOfMemoryError("more than " + (slots - BLOCK) + " states");
    if (STRIDE * slots > nodes.length) nodes = Arrays.copyOf(nodes, (int) Math.min(Integer.MAX_VALUE - 8L, STRIDE * slots * 3L / 2));
    for (int slot = from; slot < slots; slot++) {
      nodes[STRIDE * slot + PARENT] = NONE;
      int last = firstFree == NONE ? slot : previous[firstFree % WINDOW];
      if (firstFree == NONE) firstFree = slot;
      next[last % WINDOW] = slot;
      previous[slot % WINDOW] = last;
      next[slot % WINDOW] = firstFree;
      previous[firstFree % WINDOW] = slot;
    }
  }

  /** The array without slack. */
  int[] trimmed() {
    return Arrays.copyOf(nodes, STRIDE * slots);
  }
}
