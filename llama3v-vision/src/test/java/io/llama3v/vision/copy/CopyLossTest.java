package io.llama3v.vision.copy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.Backend;
import io.llama3v.ops.L2Normalize;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;
import org.junit.jupiter.api.Test;

class CopyLossTest {
  /** Unit vectors in the plane by their angles in degrees. */
  private static float[] angles(double... degrees) {
    float[] v = new float[2 * degrees.length];
    for (int i = 0; i < degrees.length; i++) {
      v[2 * i] = (float) Math.cos(Math.toRadians(degrees[i]));
      v[2 * i + 1] = (float) Math.sin(Math.toRadians(degrees[i]));
    }
    return v;
  }

  /** The formula, pair by pair. */
  private static double byDefinition(float[] z, int n, int d, double t, double weight) {
    double loss = 0;
    for (int i = 0; i < n; i++) {
      double all = 0;
      double right = 0;
      double nearest = Double.MAX_VALUE;
      for (int j = 0; j < n; j++) {
        if (j == i) continue;
        double dot = 0;
        double distance = 0;
        for (int c = 0; c < d; c++) {
          dot += z[i * d + c] * z[j * d + c];
          distance += Math.pow(z[i * d + c] - z[j * d + c], 2);
        }
        all += Math.exp(dot / t);
        if (Math.abs(i - j) == n / 2) right = Math.exp(dot / t);
        else nearest = Math.min(nearest, Math.sqrt(distance));
      }
      loss += -Math.log(right / all) - weight * Math.log(nearest);
    }
    return loss / n;
  }

  @Test
  void agreesWithTheFormula() {
    try (Backend backend = Backend.best(); Scope scope = backend.scope()) {
      float[] z = angles(0, 50, 130, 12, 40, 170);
      for (double weight : new double[] {0, 1, 30}) {
        assertEquals(byDefinition(z, 6, 2, 0.2, weight), CopyLoss.apply(backend.tensor(z, 6, 2), 0.2, weight).item(), 2e-5 * (1 + weight));
      }
      assertThrows(IllegalArgumentException.class, () -> CopyLoss.apply(backend.tensor(new float[6], 3, 2), 1, 1));
    }
  }

  @Test
  void gradientAgreesWithDifferences() {
    try (Backend backend = Backend.best(); Scope scope = backend.scope()) {
      float[] raw = {1, 0.2f, -0.3f, 0.5f, -0.8f, 0.9f, 0.1f, 1.2f, 0.7f, 0.3f, -0.5f, 0.4f, 0.2f, 0.9f, -0.6f, -1, 0.8f, 0.3f};
      Tensor x = backend.tensor(raw, 6, 3).requireGrad(true);
      try (Tape tape = Tape.record(backend)) {
        tape.backward(CopyLoss.apply(L2Normalize.apply(x), 0.5, 2));
      }
      float[] grad = x.grad().toFloats();
      for (int i = 0; i < raw.length; i++) {
        double[] at = new double[2];
        for (int side = 0; side < 2; side++) {
          float[] moved = raw.clone();
          moved[i] += side == 0 ? -1e-3f : 1e-3f;
          at[side] = byDefinition(L2Normalize.apply(backend.tensor(moved, 6, 3)).toFloats(), 6, 3, 0.5, 2);
        }
        assertEquals((at[1] - at[0]) / 2e-3, grad[i], 4e-3, "element " + i);
      }
    }
  }

  @Test
  void copiesTogetherAndStrangersApartIsBest() {
    try (Backend backend = Backend.best(); Scope scope = backend.scope()) {
      double apart = CopyLoss.apply(backend.tensor(angles(0, 180, 0, 180), 4, 2), 0.1, 1).item();
      double crossed = CopyLoss.apply(backend.tensor(angles(0, 180, 180, 0), 4, 2), 0.1, 1).item();
      double near = CopyLoss.apply(backend.tensor(angles(0, 5, 0, 5), 4, 2), 0.1, 1).item();
      assertTrue(apart < near && near < crossed, apart + " " + near + " " + crossed);
    }
  }
}
