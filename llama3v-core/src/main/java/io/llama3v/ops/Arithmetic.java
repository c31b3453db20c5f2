package io.llama3v.ops;

import io.llama3v.backend.Backend;
import io.llama3v.backend.BinaryOp;
import io.llama3v.tensor.Shape;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;
import java.util.Arrays;

/**
 * Element-wise {@code + − × ÷} with NumPy broadcasting, scaling by a constant, and sums. The gradient of a stretched operand is
 * summed over the axes it was stretched along.
 */
public final class Arithmetic {
  private Arithmetic() {}

  /** {@code a + b}. */
  public static Tensor add(Tensor a, Tensor b) {
    Tensor y = binary(BinaryOp.ADD, a, b);
    return Tape.note("add", y, Checks.list(a, b), Checks.list(), dy -> {
      a.addGrad(reduce(dy, a));
      b.addGrad(reduce(dy, b));
    });
  }

  /** {@code a − b}. */
  public static Tensor sub(Tensor a, Tensor b) {
    Tensor y = binary(BinaryOp.SUB, a, b);
    return Tape.note("sub", y, Checks.list(a, b), Checks.list(), dy -> {
      a.addGrad(reduce(dy, a));
      if (b.needsGrad()) b.addGrad(scaled(reduce(dy, b), -1));
    });
  }

  /** {@code a b}, element by element. */
  public static Tensor mul(Tensor a, Tensor b) {
    Tensor y = binary(BinaryOp.MUL, a, b);
    return Tape.note("mul", y, Checks.list(a, b), Checks.list(a, b), dy -> {
      if (a.needsGrad()) a.addGrad(reduce(binary(BinaryOp.MUL, dy, b), a));
      if (b.needsGrad()) b.addGrad(reduce(binary(BinaryOp.MUL, dy, a), b));
    });
  }

  /** {@code a / b}, element by element: {@code da = dy/b}, {@code db = −dy y/b}. */
  public static Tensor div(Tensor a, Tensor b) {
    Tensor y = binary(BinaryOp.DIV, a, b);
    return Tape.note("div", y, Checks.list(a, b), Checks.list(b, y), dy -> {
      Tensor da = binary(BinaryOp.DIV, dy, b);
      if (a.needsGrad()) a.addGrad(reduce(da, a));
      if (b.needsGrad()) b.addGrad(scaled(reduce(binary(BinaryOp.MUL, da, y), b), -1));
    });
  }

  /** {@code factor · x}. */
  public static Tensor scale(Tensor x, double factor) {
    Tensor y = scaled(x, factor);
    return Tape.note("scale", y, Checks.list(x), Checks.list(), dy -> x.addGrad(scaled(dy, factor)));
  }

  /** {@code x} summed over the axes along which {@code shape} (aligned at the end) is 1 or absent; no shape: the total. */
  public static Tensor sumTo(Tensor x, long... shape) {
    if (!Arrays.equals(Shape.broadcast(x.shape(), shape), x.shape())) {
      throw new IllegalArgumentException("sumTo: " + Shape.text(x.shape()) + " cannot be summed to " + Shape.text(shape));
    }
    Backend backend = x.backend();
    Tensor y = backend.empty(x.type().accumulator(), shape);
    backend.kernels().fill(y, 0);
    backend.kernels().sumInto(x, y);
    return Tape.note("sum", y, Checks.list(x), Checks.list(), dy -> {
      Tensor dx = backend.empty(x.type(), x.shape());
      backend.kernels().fill(dx, 0);
      x.addGrad(binary(BinaryOp.ADD, dx, dy));
    });
  }

  private static Tensor binary(BinaryOp op, Tensor a, Tensor b) {
    Checks.compatible(op.name().toLowerCase(java.util.Locale.ROOT), a, b);
    Tensor y = a.backend().empty(a.type().with(b.type()), Shape.broadcast(a.shape(), b.shape()));
    a.backend().kernels().binary(op, a, b, y);
    return y;
  }

  private static Tensor scaled(Tensor x, double factor) {
    Tensor y = x.backend().empty(x.type(), x.shape());
    x.backend().kernels().scale(x, factor, y);
    return y;
  }

  private static Tensor reduce(Tensor dy, Tensor operand) {
    if (!operand.needsGrad() || Arrays.equals(dy.shape(), operand.shape())) return dy;
    Tensor sum = dy.backend().empty(operand.type().accumulator(), operand.shape());
    dy.backend().kernels().fill(sum, 0);
    dy.backend().kernels().sumInto(dy, sum);
    return sum;
  }
}
