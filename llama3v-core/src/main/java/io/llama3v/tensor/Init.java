package io.llama3v.tensor;

import io.llama3v.backend.Backend;
import java.nio.FloatBuffer;

/** How the values of a fresh {@link Parameter} are drawn. */
@FunctionalInterface
public interface Init {
  /** The i-th value of a parameter, given a generator keyed by seed and parameter name. */
  float value(CounterRandom random, long index);

  /** Values drawn before they are copied to the backend. */
  int PIECE = 1 << 16;

  /** All zeros: biases and gates. */
  Init ZEROS = constant(0);
  /** All ones: norm weights. */
  Init ONES = constant(1);

  /** One value everywhere. */
  static Init constant(double value) {
    return (random, index) -> (float) value;
  }

  /** Normal distribution with mean 0. */
  static Init normal(double standardDeviation) {
    return (random, index) -> (float) (standardDeviation * random.normal(index));
  }

  /** Uniform distribution over {@code [-bound, bound)}. */
  static Init uniform(double bound) {
    return (random, index) -> (float) (bound * (2 * random.uniform(index) - 1));
  }

  /** Fills a parameter with its fresh values, a piece at a time: whole weights of a large model would fill the Java heap. */
  default void fill(long seed, String name, Backend backend, Tensor parameter) {
    CounterRandom random = new CounterRandom(seed, name);
    long elements = parameter.elements();
    float[] piece = new float[(int) Math.min(PIECE, elements)];
    for (long from = 0; from < elements; from += PIECE) {
      int count = (int) Math.min(PIECE, elements - from);
      for (int i = 0; i < count; i++) piece[i] = value(random, from + i);
      Tensor target = new Tensor(backend, parameter.storage(), parameter.type(), parameter.offset() + from, count);
      backend.upload(FloatBuffer.wrap(piece, 0, count), target);
    }
  }
}
