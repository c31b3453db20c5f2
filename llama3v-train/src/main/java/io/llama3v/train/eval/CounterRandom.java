package io.llama3v.train.eval;

import java.nio.charset.StandardCharsets;

/** Random numbers as a pure function of a seed and a counter (SplitMix64's finaliser), the same on every machine and Java version. */
final class CounterRandom {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private CounterRandom() { }

  static long bits(long seed, long counter) {
    long z = seed + (counter + 1) * GOLDEN;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** A number from 0 to {@code bound - 1}. The bias of at most {@code bound / 2^31} does not matter for the small bounds used here. */
  static int below(long seed, long counter, int bound) {
    return (int) (((bits(seed, counter) >>> 33) * bound) >>> 31);
  }

  /** A 64-bit hash of a text (FNV-1a over UTF-8, then mixed). */
  static long hash(String text) {
    long hash = 0xCBF29CE484222325L;
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xFF)) * 0x100000001B3L;
    }
    return bits(hash, 0);
  }
}
