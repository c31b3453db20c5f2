package io.llama3v.tensor;

/**
 * Counter-based randomness: a 64-bit finaliser (the one of SplitMix64) applied to seed and counters, so that every draw
 * is a pure function of where it is made.
 */
public final class Mix64 {
  static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private Mix64() {}

  /** A draw for a counter. */
  public static long mix(long x) {
    return finish(x + GOLDEN);
  }

  /** The finaliser alone, a bijection of 64 bits (Stafford's variant 13); 0 stays 0. */
  static long finish(long value) {
    long z = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }

  /** A draw for two counters. */
  public static long mix(long a, long b) {
    return mix(mix(a) ^ b);
  }

  /** A draw for three counters. */
  public static long mix(long a, long b, long c) {
    return mix(mix(a, b) ^ c);
  }

  /** A stable 64-bit hash of a text. */
  public static long mix(String text) {
    long h = text.length();
    for (int i = 0; i < text.length(); i++) {
      h = mix(h, text.charAt(i));
    }
    return h;
  }
}
