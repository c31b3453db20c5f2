package io.llama3v.backend.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Exponential, logistic and Gaussian functions on vectors, with their scalar twins for the ends of rows. Errors are within 2
 * units in the last place for exp and 1e-7 absolute for the normal distribution function.
 */
final class VecMath {
  /** Below this, e^x is returned as 0: it would be a subnormal number. */
  private static final float LOWEST = -87.3f;
  private static final float HIGHEST = 88.3f;
  private static final float LOG2_E = 1.44269504f;
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = -2.12194440e-4f;
  /** Adding and subtracting 1.5 · 2^23 rounds to an integer, which is then found in the low bits. */
  private static final float ROUND = 12582912f;
  private static final float SQRT_HALF = 0.70710678f;
  private static final float INV_SQRT_2PI = 0.39894228f;

  private VecMath() {}

  /** e^x, 0 for x below −87.3 (−∞ included), e^88.3 above 88.3. */
  static FloatVector exp(FloatVector x) {
    FloatVector c = x.max(LOWEST).min(HIGHEST);
    FloatVector t = c.fma(Vec.broadcast(LOG2_E), Vec.broadcast(ROUND));
    FloatVector n = t.sub(ROUND);
    FloatVector r = n.fma(Vec.broadcast(-LN2_HIGH), c);
    r = n.fma(Vec.broadcast(-LN2_LOW), r);
    // Minimax polynomial of e^r on [-ln2/2, ln2/2], from the Cephes library (Moshier).
    FloatVector p = Vec.broadcast(1.9875691500e-4f);
    p = p.fma(r, Vec.broadcast(1.3981999507e-3f));
    p = p.fma(r, Vec.broadcast(8.3334519073e-3f));
    p = p.fma(r, Vec.broadcast(4.1665795894e-2f));
    p = p.fma(r, Vec.broadcast(1.6666665459e-1f));
    p = p.fma(r, Vec.broadcast(5.0000001201e-1f));
    p = p.fma(r.mul(r), r.add(1f));
    IntVector scale = t.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).add(0x3F800000);
    return p.mul(scale.reinterpretAsFloats()).blend(0f, x.compare(VectorOperators.LT, LOWEST));
  }

  static float exp(float x) {
    return x < LOWEST ? 0 : (float) Math.exp(Math.min(x, HIGHEST));
  }

  /** 1 / (1 + e^-x). */
  static FloatVector sigmoid(FloatVector x) {
    return Vec.broadcast(1f).div(exp(x.neg()).add(1f));
  }

  static float sigmoid(float x) {
    return (float) (1 / (1 + Math.exp(-x)));
  }

  /** e^{−x²/2}: what the normal density and {@link #normalCdf} have in common. */
  static FloatVector bell(FloatVector x) {
    return exp(x.mul(x).mul(-0.5f));
  }

  /** Φ(x), given {@link #bell}: Abramowitz and Stegun 7.1.26. */
  static FloatVector normalCdf(FloatVector x, FloatVector bell) {
    FloatVector t = Vec.broadcast(1f).div(x.abs().fma(Vec.broadcast(0.3275911f * SQRT_HALF), Vec.broadcast(1f)));
    FloatVector p = Vec.broadcast(1.061405429f);
    p = p.fma(t, Vec.broadcast(-1.453152027f));
    p = p.fma(t, Vec.broadcast(1.421413741f));
    p = p.fma(t, Vec.broadcast(-0.284496736f));
    p = p.fma(t, Vec.broadcast(0.254829592f));
    FloatVector tail = p.mul(t).mul(bell).mul(0.5f);
    return tail.blend(Vec.broadcast(1f).sub(tail), x.compare(VectorOperators.GE, 0f));
  }

  static float normalCdf(float x) {
    double t = 1 / (1 + 0.3275911 * Math.abs(x) * Math.sqrt(0.5));
    double p = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
    double tail = 0.5 * p * Math.exp(-0.5 * x * x);
    return (float) (x >= 0 ? 1 - tail : tail);
  }

  /** Density of the standard normal distribution, given {@link #bell}. */
  static FloatVector density(FloatVector bell) {
    return bell.mul(INV_SQRT_2PI);
  }

  static float density(float x) {
    return (float) (Math.exp(-0.5 * x * x) * INV_SQRT_2PI);
  }
}
