package io.llama3v.train.bench;

import io.llama3v.tensor.CounterRandom;

/** Pixels and tokens without meaning, the same in every run. */
final class RandomData {
  private RandomData() {}

  /** Values of a standard normal distribution. */
  static float[] normal(String name, int count) {
    CounterRandom random = new CounterRandom(1, name);
    float[] out = new float[count];
    for (int i = 0; i < count; i++) out[i] = (float) random.normal(i);
    return out;
  }

  /** Integers in [0, bound). */
  static int[] tokens(String name, int count, int bound) {
    CounterRandom random = new CounterRandom(1, name);
    int[] out = new int[count];
    for (int i = 0; i < count; i++) out[i] = random.below(i, bound);
    return out;
  }
}
