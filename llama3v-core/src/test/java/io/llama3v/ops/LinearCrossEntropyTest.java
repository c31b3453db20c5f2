package io.llama3v.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.llama3v.backend.Backend;
import io.llama3v.tensor.CounterRandom;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;
import java.util.function.BinaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The fused head must say what the head and the loss say one after the other. */
final class LinearCrossEntropyTest {
  private static final int ROWS = 11;
  private static final int WIDTH = 6;
  private static final int VOCABULARY = 37;

  private record Result(double loss, float[] dx, float[] dWeight) {}

  private static Tensor values(Backend backend, String name, long... shape) {
    CounterRandom random = new CounterRandom(3, name);
    float[] v = new float[(int) (shape[0] * shape[1])];
    for (int i = 0; i < v.length; i++) v[i] = (float) random.normal(i);
    return backend.tensor(v, shape);
  }

  private static Result run(Backend backend, BinaryOperator<Tensor> loss, boolean weightTrains) {
    try (Tape tape = Tape.record(backend)) {
      Tensor x = values(backend, "x", ROWS, WIDTH).requireGrad(true);
      Tensor w = values(backend, "w", VOCABULARY, WIDTH).requireGrad(weightTrains);
      tape.keep(x);
      tape.keep(w);
      // Two uses of x, so that the gradient of the head is added to another's.
      Tensor total = loss.apply(x, w).add(x.mul(x).sum());
      double value = total.item();
      tape.backward(total);
      Result result = new Result(value, x.grad().toFloats(), weightTrains ? w.grad().toFloats() : new float[0]);
      x.clearGrad();
      w.clearGrad();
      return result;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "nd4j"})
  void agreesWithTheTwoOperationsItReplaces(String name) {
    try (Backend backend = Backend.named(name); var scope = backend.scope()) {
      int[] ids = new int[ROWS];
      for (int i = 0; i < ROWS; i++) ids[i] = i % 4 == 1 ? CrossEntropy.IGNORE : 3 * i;
      Tensor labels = backend.tensor(ids, ROWS);
      for (boolean trains : new boolean[] {true, false}) {
        Result expected = run(backend, (x, w) -> CrossEntropy.apply(LinearMap.apply(x, w, null), labels, null, 8), trains);
        for (int block : new int[] {1, 4, 11, 64}) {
          Result seen = run(backend, (x, w) -> LinearCrossEntropy.apply(x, w, labels, 8, block), trains);
          assertEquals(expected.loss, seen.loss, 1e-5);
          assertArrayEquals(expected.dx, seen.dx, 1e-5f);
          assertArrayEquals(expected.dWeight, seen.dWeight, 1e-5f);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "nd4j"})
  void lossesOfRowsAgreeToo(String name) {
    try (Backend backend = Backend.named(name); var scope = backend.scope()) {
      int[] ids = new int[ROWS];
      for (int i = 0; i < ROWS; i++) ids[i] = i % 4 == 1 ? CrossEntropy.IGNORE : 3 * i;
      Tensor labels = backend.tensor(ids, ROWS);
      Tensor shares = values(backend, "shares", 1, ROWS);
      for (boolean trains : new boolean[] {true, false}) {
        Result expected = run(backend, (x, w) -> shares.matmul(CrossEntropy.perRow(LinearMap.apply(x, w, null), labels, null).reshape(-1, 1)).sum(), trains);
        for (int block : new int[] {1, 4, 64}) {
          Result seen = run(backend, (x, w) -> shares.matmul(LinearCrossEntropy.perRow(x, w, labels, block).reshape(-1, 1)).sum(), trains);
          assertEquals(expected.loss, seen.loss, 1e-5);
          assertArrayEquals(expected.dx, seen.dx, 1e-5f);
          assertArrayEquals(expected.dWeight, seen.dWeight, 1e-5f);
        }
      }
    }
  }
}
