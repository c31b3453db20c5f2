package io.llama3v.backend.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

/** The functions on vectors against series and the JDK's own, over the whole range where they change and beyond it. */
class VecMathTest {
  private static final double STEP = 1 / 512.0;

  @Test
  void normalDistribution() {
    compare(VecMath::normalCdf, VecMathTest::normalCdf, 2e-7);
    compare(VecMath::geluSlope, x -> normalCdf(x) + x * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI), 3e-7);
  }

  @Test
  void logistic() {
    compare(VecMath::sigmoid, x -> 1 / (1 + Math.exp(-x)), 2e-7);
    for (float far : new float[] {16.4f, 16.6f, 100, Float.POSITIVE_INFINITY}) {
      assertEquals(1, VecMath.sigmoid(Vec.broadcast(far)).lane(0), 2e-7);
      assertEquals(0, VecMath.sigmoid(Vec.broadcast(-far)).lane(0), 2e-7);
    }
  }

  @Test
  void valuesThatAreNotFinite() {
    FloatVector odd = Vec.broadcast(Float.NaN);
    assertEquals(Float.NaN, VecMath.sigmoid(odd).lane(0));
    assertEquals(Float.NaN, VecMath.exp(odd).lane(0));
    assertEquals(Float.NaN, VecMath.normalCdf(odd).lane(0));
    assertEquals(Float.NaN, VecMath.geluSlope(odd).lane(0));
    assertEquals(1, VecMath.normalCdf(Vec.broadcast(Float.POSITIVE_INFINITY)).lane(0), 2e-7);
    assertEquals(0, VecMath.exp(Vec.broadcast(Float.NEGATIVE_INFINITY)).lane(0));
  }

  @Test
  void exponential() {
    for (double x = -87; x < 88; x += 0.37) {
      double expected = Math.exp((float) x);
      assertEquals(1, VecMath.exp(Vec.broadcast((float) x)).lane(0) / expected, 3e-7, "e^" + x);
    }
    for (float low : new float[] {-88.5f, -100, -1e30f}) assertEquals(0, VecMath.exp(Vec.broadcast(low)).lane(0));
  }

  private static void compare(UnaryOperator<FloatVector> vector, DoubleUnaryOperator exact, double tolerance) {
    for (double x = -12; x <= 12; x += STEP) {
      assertEquals(exact.applyAsDouble((float) x), vector.apply(Vec.broadcast((float) x)).lane(Vec.N - 1), tolerance, "at " + x);
    }
  }

  /** Marsaglia's series of Φ, which converges everywhere. */
  private static double normalCdf(double x) {
    double sum = x;
    double term = x;
    for (int n = 1; Math.abs(term) > 1e-17 * Math.abs(sum) && n < 1000; n++) {
      term *= x * x / (2 * n + 1);
      sum += term;
    }
    return 0.5 + sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }
}
