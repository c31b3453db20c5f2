package io.llama3v.data.corpus;

import io.llama3v.tensor.Mix64;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The random choices that make one sample: a stream that depends on seed, set and number only. */
public final class Draw {
  private final long key;
  private long counter;

  /** @param set any name of a stream */
  public Draw(long seed, String set, long number) {
    key = Mix64.mix(seed, Mix64.mix(set), number);
  }

  /** Uniform in 0 … bound − 1. */
  public int below(int bound) {
    return (int) Math.floorMod(Mix64.mix(key, counter++) >>> 1, (long) bound);
  }

  /** Uniform in from … to, both included. */
  public int between(int from, int to) {
    return from + below(to - from + 1);
  }

  /** Uniform in [0, 1). */
  public double fraction() {
    return (Mix64.mix(key, counter++) >>> 11) * 0x1p-53;
  }

  /** True with that probability. */
  public boolean chance(double probability) {
    return fraction() < probability;
  }

  /** One of the choices. */
  public <T> T of(List<T> choices) {
    return choices.get(below(choices.size()));
  }

  /** The same in another order. */
  public <T> List<T> shuffled(List<T> list) {
    List<T> copy = new ArrayList<>(list);
    for (int i = copy.size() - 1; i > 0; i--) {
      Collections.swap(copy, i, below(i + 1));
    }
    return copy;
  }
}
