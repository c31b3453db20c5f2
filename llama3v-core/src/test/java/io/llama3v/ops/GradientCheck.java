package io.llama3v.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.Backend;
import io.llama3v.backend.Nd4jThreads;
import io.llama3v.tensor.CounterRandom;
import io.llama3v.tensor.DType;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Shape;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;
import java.util.function.Function;
import java.util.function.LongToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Compares backward passes with central differences in double. For {@code L = Σ w·f(inputs)} with random w it checks, for each
 * input, the derivative by single elements (a sample of them if there are many) and along random directions, which touch
 * every element. Then it asks for the gradient of one input at a time, which must come out the same while the others get none.
 */
@SuppressWarnings("try")
final class GradientCheck {
  private static final double STEP = 1e-5;
  private static final double TOLERANCE = 1e-6;
  private static final int ELEMENTS = 8;
  private static final int DIRECTIONS = 1;

  private final Backend backend;
  private final CounterRandom random;
  private long drawn;

  GradientCheck(Backend backend, String stream) {
    Nd4jThreads.one();
    this.backend = backend;
    this.random = new CounterRandom(7, stream);
  }

  /** F64 with standard normal values. */
  Tensor normal(long... shape) {
    return values(i -> random.normal(drawn++), shape);
  }

  /** F64 with values over [from, to). */
  Tensor uniform(double from, double to, long... shape) {
    return values(i -> from + (to - from) * random.uniform(drawn++), shape);
  }

  /** F64, 1 with the given probability, else 0. */
  Tensor bits(double ones, long... shape) {
    return values(i -> random.uniform(drawn++) < ones ? 1 : 0, shape);
  }

  /** F64 with given values. */
  Tensor values(LongToDoubleFunction value, long... shape) {
    double[] values = new double[Math.toIntExact(Shape.elements(shape))];
    for (int i = 0; i < values.length; i++) values[i] = value.applyAsDouble(i);
    return backend.tensor(values, shape);
  }

  /** Checks {@code f} with respect to every input. */
  void check(Function<Tensor[], Tensor> f, Tensor... inputs) {
    double[] weights;
    try (Scope scope = backend.scope()) {
      weights = IntStream.range(0, Math.toIntExact(f.apply(inputs).elements())).mapToDouble(i -> random.normal(drawn++)).toArray();
    }
    boolean[] all = new boolean[inputs.length];
    java.util.Arrays.fill(all, true);
    double[][] gradients = gradients(f, inputs, all, weights);
    for (int i = 0; i < inputs.length; i++) compare(f, inputs, i, gradients[i], weights);
    for (int i = 0; inputs.length > 1 && i < inputs.length; i++) {
      boolean[] only = new boolean[inputs.length];
      only[i] = true;
      double[][] alone = gradients(f, inputs, only, weights);
      for (int j = 0; j < inputs.length; j++) if (j != i) assertNull(alone[j], "input " + j + " wants no gradient and got one");
      assertArrayEquals(gradients[i], alone[i], 1e-12, "gradient of input " + i + " when no other wants one");
    }
  }

  private double[][] gradients(Function<Tensor[], Tensor> f, Tensor[] inputs, boolean[] wanted, double[] weights) {
    for (int i = 0; i < inputs.length; i++) inputs[i].requireGrad(wanted[i]);
    double[][] gradients = new double[inputs.length][];
    try (Tape tape = Tape.record(backend)) {
      Tensor y = f.apply(inputs);
      tape.backward(y, backend.tensor(weights, y.shape()));
      for (int i = 0; i < inputs.length; i++) {
        if (wanted[i]) assertNotNull(inputs[i].grad(), "input " + i + " got no gradient");
        if (inputs[i].grad() != null) gradients[i] = inputs[i].grad().toDoubles();
        inputs[i].clearGrad();
        inputs[i].requireGrad(false);
      }
    }
    return gradients;
  }

  private void compare(Function<Tensor[], Tensor> f, Tensor[] inputs, int which, double[] gradient, double[] weights) {
    Tensor input = inputs[which];
    double largest = 1e-3;
    for (double g : gradient) largest = Math.max(largest, Math.abs(g));
    double[] at = input.toDoubles();
    for (int n = 0; n < Math.min(ELEMENTS, at.length); n++) {
      int i = at.length <= ELEMENTS ? n : random.below(drawn++, at.length);
      double[] direction = new double[at.length];
      direction[i] = 1;
      expect(slope(f, inputs, input, at, direction, weights), gradient[i], largest, "input " + which + input + " element " + i);
    }
    for (int n = 0; n < DIRECTIONS; n++) {
      double[] direction = new double[at.length];
      double expected = 0;
      for (int i = 0; i < at.length; i++) {
        direction[i] = random.normal(drawn++);
        expected += direction[i] * gradient[i];
      }
      expect(slope(f, inputs, input, at, direction, weights), expected, largest * Math.sqrt(at.length),
          "input " + which + input + " along a random direction");
    }
  }

  private static void expect(double numeric, double analytic, double scale, String where) {
    assertTrue(Math.abs(numeric - analytic) <= TOLERANCE * scale,
        () -> where + ": backward gives " + analytic + ", central differences " + numeric);
  }

  private double slope(Function<Tensor[], Tensor> f, Tensor[] inputs, Tensor input, double[] at, double[] direction,
      double[] weights) {
    double above = loss(f, inputs, input, at, direction, STEP, weights);
    double below = loss(f, inputs, input, at, direction, -STEP, weights);
    set(input, at, direction, 0);
    return (above - below) / (2 * STEP);
  }

  private double loss(Function<Tensor[], Tensor> f, Tensor[] inputs, Tensor input, double[] at, double[] direction, double step,
      double[] weights) {
    set(input, at, direction, step);
    try (Scope scope = backend.scope()) {
      double[] y = f.apply(inputs).toDoubles();
      double sum = 0;
      for (int i = 0; i < y.length; i++) sum += weights[i] * y[i];
      return sum;
    }
  }

  private static void set(Tensor input, double[] at, double[] direction, double step) {
    double[] moved = new double[at.length];
    for (int i = 0; i < at.length; i++) moved[i] = at[i] + step * direction[i];
    input.storage().array(DType.F64, input.offset(), at.length).assign(org.nd4j.linalg.factory.Nd4j.createFromArray(moved));
  }
}
