package io.llama3v.data.curate.ngram;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Words by their bytes. A slot of 32 bytes holds the first 16 bytes of a word and its two values, so that a word that is known costs one
 * access to memory, and those of successive words do not wait for each other. Longer words are compared in full.
 */
final class WordTable {
  /** Bytes that must be readable behind a word. */
  static final int SLACK = 16;
  private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int SLOT = 4;

  // Of each slot: bytes 0-7, bytes 8-15, length + 1 (0: free) over the word's number, and a value.
  private final long[] slots;
  private final int mask;
  private final byte[][] words;

  /** @param words distinct; a word's number is its index */
  WordTable(String[] words) {
    int capacity = Integer.highestOneBit(Math.max(8, 2 * words.length)) * 2;
    slots = new long[Math.multiplyExact(capacity, SLOT)];
    mask = capacity - 1;
    this.words = new byte[words.length][];
    for (int i = 0; i < words.length; i++) {
      byte[] bytes = words[i].getBytes(StandardCharsets.UTF_8);
      this.words[i] = bytes;
      byte[] padded = Arrays.copyOf(bytes, bytes.length + SLACK);
      int slot = find(padded, 0, bytes.length);
      if (slots[slot + 2] != 0) throw new IllegalArgumentException("the word '" + words[i] + "' stands twice");
      slots[slot] = first(padded, 0, bytes.length);
      slots[slot + 1] = second(padded, 0, bytes.length);
      slots[slot + 2] = (bytes.length + 1L) << 32 | i;
    }
  }

  /** Index of the slot of the word {@code text[from .. from + length)}, or of a free one. */
  int find(byte[] text, int from, int length) {
    long a = first(text, from, length);
    long b = second(text, from, length);
    long h = (a ^ length) * 0x9E3779B97F4A7C15L ^ Long.rotateLeft(b * 0xC2B2AE3D27D4EB4FL, 29);
    h ^= h >>> 32;
    h *= 0xD6E8FEB86659FD93L;
    int at = (int) (h >>> 32) & mask;
    while (true) {
      int slot = at * SLOT;
      long head = slots[slot + 2];
      if (head == 0) return slot;
      if (slots[slot] == a && slots[slot + 1] == b && head >>> 32 == length + 1
          && (length <= 16 || Arrays.equals(words[(int) head], 16, length, text, from + 16, from + length))) {
        return slot;
      }
      at = at + 1 & mask;
    }
  }

  private static long first(byte[] text, int from, int length) {
    long bytes = (long) LONGS.get(text, from);
    return length >= 8 ? bytes : bytes & (1L << 8 * length) - 1;
  }

  private static long second(byte[] text, int from, int length) {
    if (length <= 8) return 0;
    long bytes = (long) LONGS.get(text, from + 8);
    return length >= 16 ? bytes : bytes & (1L << 8 * (length - 8)) - 1;
  }

  /** Whether there is a word in a slot. */
  boolean known(int slot) {
    return slots[slot + 2] != 0;
  }

  /** Number of the word in a slot. */
  int word(int slot) {
    return (int) slots[slot + 2];
  }

  /** The value of the word in a slot; 0 until set. */
  long value(int slot) {
    return slots[slot + 3];
  }

  /** Sets the value of a word. */
  void set(int word, long value) {
    byte[] bytes = words[word];
    slots[find(Arrays.copyOf(bytes, bytes.length + SLACK), 0, bytes.length) + 3] = value;
  }

  /** Bytes of memory. */
  long bytes() {
    return 8L * slots.length;
  }
}
