package io.llama3v.backend.nd4j;

import io.llama3v.backend.BinaryOp;
import io.llama3v.backend.UnaryOp;
import io.llama3v.tensor.Tensor;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.AddOp;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.DivOp;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.MulOp;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.SubOp;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Erf;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Functions of single elements, and sums. */
final class Elementwise {
  private static final double QUICK = 1.702;

  private Elementwise() {}

  static void unary(UnaryOp op, Tensor x, Tensor y) {
    if (x.elements() == 0) return;
    try (Scratch s = new Scratch()) {
      Views.flat(y).assign(value(s, op, Views.flat(x)));
    }
  }

  private static INDArray value(Scratch s, UnaryOp op, INDArray x) {
    return switch (op) {
      case GELU -> s.of(normalCdf(s, s.doubles(x)).mul(s.doubles(x)));
      case QUICK_GELU -> s.of(sigmoid(s, s.of(x.mul(QUICK))).mul(x));
      case SILU -> s.of(sigmoid(s, x).mul(x));
      case TANH -> s.of(Transforms.tanh(x, true));
      case SIGMOID -> sigmoid(s, x);
      case RELU -> s.of(Transforms.relu(x, true));
      case EXP -> s.of(Transforms.exp(x, true));
      case LOG -> s.of(Transforms.log(x, true));
    };
  }

  static void unaryBackward(UnaryOp op, Tensor x, Tensor y, Tensor dy, Tensor dx) {
    if (dy.elements() == 0) return;
    try (Scratch s = new Scratch()) {
      INDArray slope = slope(s, op, x == null ? null : Views.flat(x), y == null ? null : Views.flat(y));
      Views.flat(dx).assign(s.of(s.cast(slope, dy.type().nd4j()).mul(Views.flat(dy))));
    }
  }

  /** f'(x); from y = f(x) where that is enough, so that x may then be null, and y computed if it is the one missing. */
  private static INDArray slope(Scratch s, UnaryOp op, INDArray x, INDArray given) {
    INDArray y = given == null && x != null ? value(s, op, x) : given;
    return switch (op) {
      case GELU -> {
        INDArray d = s.doubles(x);
        INDArray density = s.of(Transforms.exp(s.of(d.mul(d).muli(-0.5)), true)).muli(1 / Math.sqrt(2 * Math.PI));
        yield s.of(normalCdf(s, d).add(density.muli(d)));
      }
      case QUICK_GELU -> sigmoidTimesSlope(s, x, QUICK);
      case SILU -> sigmoidTimesSlope(s, x, 1);
      case TANH -> s.of(y.mul(y)).rsubi(1);
      case SIGMOID -> s.of(y.rsub(1)).muli(y);
      case RELU -> s.of(s.of(y.gt(0)).castTo(y.dataType()));
      case EXP -> y;
      case LOG -> s.of(x.rdiv(1));
    };
  }

  /** Derivative of x σ(a x): {@code σ (1 + a x (1 − σ))}. */
  private static INDArray sigmoidTimesSlope(Scratch s, INDArray x, double a) {
    INDArray sigma = sigmoid(s, s.of(x.mul(a)));
    return s.of(sigma.rsub(1)).muli(x).muli(a).addi(1).muli(sigma);
  }

  private static INDArray sigmoid(Scratch s, INDArray x) {
    return s.of(Transforms.sigmoid(x, true));
  }

  /** Φ(x) = (1 + erf(x/√2)) / 2 of doubles. Erf is run with an output of its own: by itself it overwrites its input. */
  private static INDArray normalCdf(Scratch s, INDArray x) {
    INDArray erf = s.of(x.mul(Math.sqrt(0.5)));
    Nd4j.exec(new Erf(erf, erf));
    return erf.addi(1).muli(0.5);
  }

  static void binary(BinaryOp op, Tensor a, Tensor b, Tensor y) {
    if (y.elements() == 0) return;
    INDArray[] in = {Views.aligned(a, y.rank()), Views.aligned(b, y.rank())};
    INDArray[] out = {Views.aligned(y, y.rank())};
    Nd4j.exec(switch (op) {
      case ADD -> new AddOp(in, out);
      case SUB -> new SubOp(in, out);
      case MUL -> new MulOp(in, out);
      case DIV -> new DivOp(in, out);
    });
  }

  static void sumInto(Tensor x, Tensor y) {
    if (x.elements() == 0) return;
    INDArray from = Views.aligned(x, x.rank());
    INDArray into = Views.aligned(y, x.rank());
    int[] axes = IntStream.range(0, from.rank()).filter(i -> into.size(i) == 1 && from.size(i) != 1).toArray();
    try (Scratch s = new Scratch()) {
      into.addi(axes.length == 0 ? from : s.sum(from, axes));
    }
  }

  static void scale(Tensor x, double a, Tensor y) {
    if (x.elements() == 0) return;
    Views.flat(x).muli(a, Views.flat(y));
  }

  static void axpy(double a, Tensor x, Tensor y) {
    if (x.elements() == 0) return;
    try (Scratch s = new Scratch()) {
      Views.flat(y).addi(s.of(Views.flat(x).mul(a)));
    }
  }

  static void lerp(Tensor x, double t, Tensor y) {
    if (x.elements() == 0) return;
    try (Scratch s = new Scratch()) {
      INDArray into = Views.flat(y);
      into.addi(s.of(Views.flat(x).sub(into)).muli(t));
    }
  }

  static void siluGate(Tensor gate, Tensor up, Tensor y) {
    if (y.elements() == 0) return;
    try (Scratch s = new Scratch()) {
      Views.flat(y).assign(value(s, UnaryOp.SILU, Views.flat(gate)).muli(Views.flat(up)));
    }
  }

  static void siluGateBackward(Tensor dy, Tensor gate, Tensor up, Tensor dGateIn, Tensor dUp) {
    if (dy.elements() == 0) return;
    try (Scratch s = new Scratch()) {
      INDArray d = Views.flat(dy);
      INDArray g = Views.flat(gate);
      if (dGateIn != null) Views.flat(dGateIn).assign(sigmoidTimesSlope(s, g, 1).muli(Views.flat(up)).muli(d));
      if (dUp != null) Views.flat(dUp).assign(value(s, UnaryOp.SILU, g).muli(d));
    }
  }

  static void gatedAdd(Tensor x, Tensor h, Tensor gate, Tensor y) {
    if (y.elements() == 0) return;
    try (Scratch s = new Scratch()) {
      double open = Math.tanh(Views.flat(gate).getDouble(0));
      Views.flat(y).assign(s.of(Views.flat(h).mul(open)).addi(Views.flat(x)));
    }
  }

  static void gatedAddBackward(Tensor dy, Tensor h, Tensor gate, Tensor dh, Tensor dGate) {
    if (dy.elements() == 0) return;
    try (Scratch s = new Scratch()) {
      double open = Math.tanh(Views.flat(gate).getDouble(0));
      INDArray d = Views.flat(dy);
      if (dh != null) d.muli(open, Views.flat(dh));
      if (dGate != null) Views.flat(dGate).addi(s.sum(s.of(d.mul(Views.flat(h))), 0).muli(1 - open * open));
    }
  }
}
