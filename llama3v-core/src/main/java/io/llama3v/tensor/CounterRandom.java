package io.llama3v.tensor;

/**
 * A counter-based random generator: the i-th number depends on the key and i alone, so any position can be reached at once, on
 * any thread, and a run that resumes draws the numbers it would have drawn. Mixes with the SplitMix64 finaliser (Steele, Lea,
 * Flood: Fast Splittable Pseudorandom Number Generators, 2014). Immutable.
 */
public final class CounterRandom {
  private final long key;

  /** A generator for one stream of a seed. */
  public CounterRandom(long seed, String stream) {
    long k = Mix64.mix(seed);
    for (int i = 0; i < stream.length(); i++) k = Mix64.finish(k ^ (stream.charAt(i) + Mix64.GOLDEN));
    this.key = k;
  }

  /** 64 random bits. */
  public long bits(long index) {
    return Mix64.mix(key + index * Mix64.GOLDEN);
  }

  /** Uniform over [0, 1), 53 bits. */
  public double uniform(long index) {
    return (bits(index) >>> 11) * 0x1.0p-53;
  }

  /** Uniform integer over [0, bound). */
  public int below(long index, int bound) {
    return (int) (((bits(index) >>> 32) * bound) >>> 32);
  }

  /** Standard normal (Box–Muller; pairs share two uniforms). */
  public double normal(long index) {
    long pair = index & ~1L;
    double radius = Math.sqrt(-2 * Math.log(1 - uniform(pair)));
    double angle = 2 * Math.PI * uniform(pair + 1);
    return radius * ((index & 1) == 0 ? Math.cos(angle) : Math.sin(angle));
  }
}
