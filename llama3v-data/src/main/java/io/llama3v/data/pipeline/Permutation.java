package io.llama3v.data.pipeline;

import io.llama3v.tensor.Mix64;

/**
 * A keyed bijection of {0, …, n−1} that needs no memory: a six-round Feistel network over the next even number of bits,
 * walked until it lands inside (Black and Rogaway, "Ciphers with Arbitrary Finite Domains", 2002). Fewer than four
 * steps are expected for each value.
 */
public final class Permutation {
  private static final int ROUNDS = 6;
  private final long size;
  private final long key;
  private final int halfBits;
  private final long halfMask;

  public Permutation(long size, long key) {
    if (size < 1) {
      throw new IllegalArgumentException("a permutation needs at least one element, not " + size);
    }
    this.size = size;
    this.key = key;
    int bits = Math.max(2, 64 - Long.numberOfLeadingZeros(size - 1));
    this.halfBits = (bits + 1) / 2;
    this.halfMask = (1L << halfBits) - 1;
  }

  /** What tells this permutation from others of its size. */
  public long key() {
    return key;
  }

  /** Where element {@code i} goes; 0 ≤ i &lt; size. */
  public long apply(long i) {
    if (i < 0 || i >= size) {
      throw new IndexOutOfBoundsException(i + " of " + size);
    }
    long x = i;
    do {
      long left = x >>> halfBits;
      long right = x & halfMask;
      for (int round = 0; round < ROUNDS; round++) {
        long next = left ^ Mix64.mix(key, round, right) & halfMask;
        left = right;
        right = next;
      }
      x = left << halfBits | right;
    } while (x >= size);
    return x;
  }
}
