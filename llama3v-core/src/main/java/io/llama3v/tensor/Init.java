package io.llama3v.tensor;

import java.nio.FloatBuffer;

/** How the values of a fresh {@link Parameter} are drawn. */
@FunctionalInterface
public interface Init {
  /** The i-th value of a parameter, given a generator keyed by seed and parameter name. */
  float value(CounterRandom random, long index);

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

  /**
   * All values of a parameter, row-major.
   *
   * @throws ArithmeticException if there are more than fit a Java array; such sizes are loaded, not drawn
   */
  default FloatBuffer values(long seed, String name, long... shape) {
    CounterRandom random = new CounterRandom(seed, name);
    float[] out = new float[Math.toIntExact(Shape.elements(shape))];
    for (int i = 0; i < out.length; i++) out[i] = value(random, i);
    return FloatBuffer.wrap(out);
  }
}
