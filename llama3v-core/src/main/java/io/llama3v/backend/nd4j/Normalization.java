package io.llama3v.backend.nd4j;

import io.llama3v.tensor.Tensor;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Kernels that normalise rows. Sums over a row are taken in double. */
final class Normalization {
  private static final double SMALLEST_NORM = 1e-12;

  private Normalization() {}

  static void layerNorm(Tensor x, Tensor weight, Tensor bias, double epsilon, Tensor y, Tensor mean, Tensor rstd) {
    if (x.elements() == 0) return;
    try (Scratch s = new Scratch()) {
      INDArray xs = Views.rows(x);
      INDArray mu = s.sum(xs, 1).divi(xs.size(1));
      INDArray centred = s.of(xs.sub(mu));
      INDArray r = inverseRoot(s, s.sum(s.of(centred.mul(centred)), 1).divi(xs.size(1)), epsilon);
      Views.column(mean).assign(mu);
      Views.column(rstd).assign(r);
      Views.rows(y).assign(scaleAndShift(s, s.of(centred.mul(r)), weight, bias));
    }
  }

  /** {@code dx = rstd (g − mean(g) − x̂ mean(g x̂))} with {@code g = dy · weight} and {@code x̂ = (x − mean) rstd}. */
  static void layerNormBackward(Tensor dy, Tensor x, Tensor weight, Tensor mean, Tensor rstd, Tensor dx, boolean addDx, Tensor dWeight,
      Tensor dBias) {
    if (x.elements() == 0) return;
    try (Scratch s = new Scratch()) {
      INDArray d = Views.rows(dy);
      INDArray r = Views.column(rstd);
      INDArray normal = s.of(s.of(Views.rows(x).sub(Views.column(mean))).mul(r));
      if (dWeight != null) Views.row(dWeight).addi(s.sum(s.of(d.mul(normal)), 0));
      if (dBias != null) Views.row(dBias).addi(s.sum(d, 0));
      if (dx != null) {
        INDArray g = scaleAndShift(s, d, weight, null);
        INDArray shift = s.sum(g, 1).divi(g.size(1));
        INDArray along = s.sum(s.of(g.mul(normal)), 1).divi(g.size(1));
        INDArray inner = s.of(s.of(g.sub(shift)).sub(s.of(normal.mul(along))));
        write(s.of(inner.mul(r)), dx, addDx);
      }
    }
  }

  static void rmsNorm(Tensor x, Tensor weight, double epsilon, Tensor y, Tensor rstd) {
    if (x.elements() == 0) return;
    try (Scratch s = new Scratch()) {
      INDArray xs = Views.rows(x);
      INDArray r = inverseRoot(s, s.sum(s.of(xs.mul(xs)), 1).divi(xs.size(1)), epsilon);
      Views.column(rstd).assign(r);
      Views.rows(y).assign(scaleAndShift(s, s.of(xs.mul(r)), weight, null));
    }
  }

  /** {@code dx = rstd (g − x̂ mean(g x̂))} with {@code g = dy · weight} and {@code x̂ = x rstd}. */
  static void rmsNormBackward(Tensor dy, Tensor x, Tensor weight, Tensor rstd, Tensor dx, boolean addDx, Tensor dWeight) {
    if (x.elements() == 0) return;
    try (Scratch s = new Scratch()) {
      INDArray d = Views.rows(dy);
      INDArray r = Views.column(rstd);
      INDArray normal = s.of(Views.rows(x).mul(r));
      if (dWeight != null) Views.row(dWeight).addi(s.sum(s.of(d.mul(normal)), 0));
      if (dx != null) {
        INDArray g = scaleAndShift(s, d, weight, null);
        INDArray along = s.sum(s.of(g.mul(normal)), 1).divi(g.size(1));
        INDArray inner = s.of(g.sub(s.of(normal.mul(along))));
        write(s.of(inner.mul(r)), dx, addDx);
      }
    }
  }

  private static void write(INDArray values, Tensor target, boolean add) {
    if (add) Views.rows(target).addi(values);
    else Views.rows(target).assign(values);
  }

  static void l2Normalize(Tensor x, Tensor y, Tensor norm) {
    if (x.elements() == 0) return;
    try (Scratch s = new Scratch()) {
      INDArray xs = Views.rows(x);
      INDArray length = s.of(Transforms.sqrt(s.sum(s.of(xs.mul(xs)), 1), true));
      INDArray divisor = s.of(Transforms.max(length, SMALLEST_NORM, true));
      Views.column(norm).assign(divisor);
      Views.rows(y).assign(s.of(xs.div(divisor)));
    }
  }

  static void l2NormalizeBackward(Tensor dy, Tensor y, Tensor norm, Tensor dx) {
    if (dy.elements() == 0) return;
    try (Scratch s = new Scratch()) {
      INDArray d = Views.rows(dy);
      INDArray ys = Views.rows(y);
      INDArray along = s.sum(s.of(d.mul(ys)), 1);
      INDArray across = s.of(d.sub(s.of(ys.mul(along))));
      Views.rows(dx).assign(s.of(across.div(Views.column(norm))));
    }
  }

  static void softmax(Tensor x, Tensor y) {
    if (x.elements() == 0) return;
    try (Scratch s = new Scratch()) {
      INDArray xs = Views.rows(x);
      INDArray e = s.of(Transforms.exp(s.of(xs.sub(s.of(xs.max(true, 1)))), true));
      Views.rows(y).assign(s.of(e.div(s.sum(e, 1))));
    }
  }

  static void softmaxBackward(Tensor dy, Tensor y, Tensor dx) {
    if (dy.elements() == 0) return;
    try (Scratch s = new Scratch()) {
      INDArray d = Views.rows(dy);
      INDArray ys = Views.rows(y);
      Views.rows(dx).assign(s.of(s.of(d.sub(s.sum(s.of(d.mul(ys)), 1))).mul(ys)));
    }
  }

  /** {@code 1/√(x + ε)}. */
  private static INDArray inverseRoot(Scratch s, INDArray x, double epsilon) {
    return s.of(s.of(Transforms.sqrt(s.of(x.add(epsilon)), true)).rdiv(1));
  }

  private static INDArray scaleAndShift(Scratch s, INDArray x, Tensor weight, Tensor bias) {
    INDArray scaled = weight == null ? x : s.of(x.mul(Views.row(weight)));
    return bias == null ? scaled : s.of(scaled.add(Views.row(bias)));
  }
}
