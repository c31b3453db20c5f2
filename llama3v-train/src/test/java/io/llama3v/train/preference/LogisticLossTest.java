package io.llama3v.train.preference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.llama3v.backend.Backend;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;
import org.junit.jupiter.api.Test;

class LogisticLossTest {
  @Test
  void handComputed() {
    try (Backend backend = Backend.named("cpu"); Scope scope = backend.scope()) {
      // −log σ(0) = log 2; −log σ(1) = log(1 + 1/e); −log σ(−2) = 2 + log(1 + e^−2).
      Tensor margins = scope.backend().tensor(new float[] {0, 1, -2}, 3, 1);
      double expected = (0.6931471806 + 0.3132616875 + 2.1269280110) / 3;
      assertEquals(expected, LogisticLoss.apply(margins, 3).item(), 1e-6);
      assertEquals(0, LogisticLoss.apply(backend.tensor(new float[] {200}, 1, 1), 1).item(), 1e-30);
      assertEquals(200, LogisticLoss.apply(backend.tensor(new float[] {-200}, 1, 1), 1).item(), 1e-4);
    }
  }

  @Test
  void gradientByFiniteDifferences() {
    double[] at = {-3, -0.4, 0, 0.7, 2.5};
    try (Backend backend = Backend.named("nd4j"); Scope scope = backend.scope()) {
      double[] slopes = new double[at.length];
      for (int i = 0; i < at.length; i++) {
        double[] up = at.clone();
        double[] down = at.clone();
        up[i] += 1e-5;
        down[i] -= 1e-5;
        slopes[i] = (LogisticLoss.apply(backend.tensor(up, 5, 1), 2).item() - LogisticLoss.apply(backend.tensor(down, 5, 1), 2).item()) / 2e-5;
      }
      Tensor margins = scope.backend().tensor(at, 5, 1);
      margins.requireGrad(true);
      try (Tape tape = Tape.record(backend)) {
        tape.backward(LogisticLoss.apply(margins, 2));
      }
      assertArrayEquals(slopes, margins.grad().toDoubles(), 1e-8);
      margins.clearGrad();
    }
  }
}
