package io.llama3v.backend.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Exponential, logistic and Gaussian functions on vectors, with their scalar twins for the ends of rows. Errors are within 3e-7
 * relative for exp, 2e-7 absolute for the logistic and the normal distribution function and 3e-7 for GELU's slope.
 *
 * <p>They are short on purpose. A loop whose vector operations, all inlined, pass the compiler's limit of nodes (18,000) keeps the rest
 * of its vectors on the heap, which makes it ten times as slow; whether it does depends on the order of compilations.
 */
final class VecMath {
  /** Where e^x would be a subnormal number; 2^-127, by which it is scaled here, has the bits of 0. */
  private static final float LOWEST = -88f;
  private static final float HIGHEST = 88.3f;
  private static final float LOG2_E = 1.44269504f;
  private static final float LN2 = 0.6931471806f;
  /** Adding and subtracting 1.5 · 2^23 rounds to an integer, which is then found in the low bits. */
  private static final float ROUND = 12582912f;
  private static final double INV_SQRT_2PI = 0.3989422804014327;

  private VecMath() {}

  /** e^x, 0 for x below −87.7 (−∞ included), e^88.3 above 88.3. */
  static FloatVector exp(FloatVector x) {
    FloatVector c = x.max(LOWEST).min(HIGHEST);
    FloatVector t = c.fma(Vec.broadcast(LOG2_E), Vec.broadcast(ROUND));
    FloatVector r = t.sub(ROUND).fma(Vec.broadcast(-LN2), c);
    // Minimax polynomial of e^r on [-ln2/2, ln2/2], from the Cephes library (Moshier).
    FloatVector p = Vec.broadcast(1.9875691500e-4f);
    p = p.fma(r, Vec.broadcast(1.3981999507e-3f));
    p = p.fma(r, Vec.broadcast(8.3334519073e-3f));
    p = p.fma(r, Vec.broadcast(4.1665795894e-2f));
    p = p.fma(r, Vec.broadcast(1.6666665459e-1f));
    p = p.fma(r, Vec.broadcast(5.0000001201e-1f));
    p = p.fma(r.mul(r), r.add(1f));
    IntVector scale = t.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).add(0x3F800000);
    return p.mul(scale.reinterpretAsFloats());
  }

  static float exp(float x) {
    return x < -87.7f ? 0 : (float) Math.exp(Math.min(x, HIGHEST));
  }

  /** 1 / (1 + e^-x) as 1/2 and x times a rational function of x², fitted as {@link #normalCdf} is, on [−16.5, 16.5]. */
  static FloatVector sigmoid(FloatVector x) {
    FloatVector c = x.max(-16.5f).min(16.5f);
    FloatVector u = c.mul(c);
    FloatVector p = u.fma(Vec.broadcast(1.4232959e-11f), Vec.broadcast(8.377833e-8f));
    p = p.fma(u, Vec.broadcast(5.5392226e-5f));
    p = p.fma(u, Vec.broadcast(8.388954e-3f));
    p = p.fma(u, Vec.broadcast(0.24999999f));
    FloatVector q = u.fma(Vec.broadcast(3.22755600e-9f), Vec.broadcast(5.2617866e-6f));
    q = q.fma(u, Vec.broadcast(1.6290070e-3f));
    q = q.fma(u, Vec.broadcast(0.11688910f));
    q = q.fma(u, Vec.broadcast(1f));
    return c.mul(p).div(q).add(0.5f);
  }

  static float sigmoid(float x) {
    return (float) (1 / (1 + Math.exp(-x)));
  }

  /**
   * Φ(x): 1/2 and x times a rational function of x², fitted to the least greatest error on [−5.5, 5.5], beyond which it stands
   * still. Without an exponential it takes a third of the time of Abramowitz and Stegun's 7.1.26.
   */
  static FloatVector normalCdf(FloatVector x) {
    FloatVector c = x.max(-5.5f).min(5.5f);
    FloatVector u = c.mul(c);
    FloatVector p = u.fma(Vec.broadcast(2.2749066e-8f), Vec.broadcast(6.352086e-6f));
    p = p.fma(u, Vec.broadcast(1.6882668e-4f));
    p = p.fma(u, Vec.broadcast(4.6772663e-3f));
    p = p.fma(u, Vec.broadcast(3.385279e-2f));
    p = p.fma(u, Vec.broadcast(0.39894223f));
    FloatVector q = u.fma(Vec.broadcast(1.1974928e-6f), Vec.broadcast(7.3647614e-5f));
    q = q.fma(u, Vec.broadcast(1.8844509e-3f));
    q = q.fma(u, Vec.broadcast(2.8645946e-2f));
    q = q.fma(u, Vec.broadcast(0.25152227f));
    q = q.fma(u, Vec.broadcast(1f));
    return c.mul(p).div(q).add(0.5f);
  }

  /** The same for single values, by Abramowitz and Stegun's 7.1.26. */
  static float normalCdf(float x) {
    double t = 1 / (1 + 0.3275911 * Math.abs(x) * Math.sqrt(0.5));
    double p = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
    double tail = 0.5 * p * Math.exp(-0.5 * x * x);
    return (float) (x >= 0 ? 1 - tail : tail);
  }

  /** (x Φ(x))' = Φ(x) + x φ(x), the slope of GELU; fitted as {@link #normalCdf} is, on [−6, 6]. */
  static FloatVector geluSlope(FloatVector x) {
    FloatVector c = x.max(-6f).min(6f);
    FloatVector u = c.mul(c);
    FloatVector p = u.fma(Vec.broadcast(2.0857202e-7f), Vec.broadcast(3.6302128e-5f));
    p = p.fma(u, Vec.broadcast(2.4411158e-5f));
    p = p.fma(u, Vec.broadcast(1.4234573e-2f));
    p = p.fma(u, Vec.broadcast(-3.0628841e-2f));
    p = p.fma(u, Vec.broadcast(0.7978854f));
    FloatVector q = u.fma(Vec.broadcast(1.58397e-9f), Vec.broadcast(9.173113e-6f));
    q = q.fma(u, Vec.broadcast(1.9396543e-4f));
    q = q.fma(u, Vec.broadcast(3.5488845e-3f));
    q = q.fma(u, Vec.broadcast(4.1137733e-2f));
    q = q.fma(u, Vec.broadcast(0.29495463f));
    q = q.fma(u, Vec.broadcast(1f));
    return c.mul(p).div(q).add(0.5f);
  }

  static float geluSlope(float x) {
    return (float) (normalCdf(x) + x * Math.exp(-0.5 * x * x) * INV_SQRT_2PI);
  }
}
