package io.llama3v.ops;

import io.llama3v.backend.Backend;
import io.llama3v.tensor.DType;
import io.llama3v.tensor.Shape;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;

/** Joins tensors along one axis, and pads an axis with zeros. */
public final class Concat {
  private Concat() {}

  /**
   * Joins tensors whose shapes agree but for {@code axis}.
   *
   * @throws IllegalArgumentException if they do not
   */
  public static Tensor apply(int axis, Tensor... parts) {
    if (parts.length == 0) throw new IllegalArgumentException("concat: nothing to join; expected at least one operand");
    Tensor first = parts[0];
    int a = Shape.axis(axis, first.rank());
    long[] shape = first.shape();
    shape[a] = 0;
    for (Tensor part : parts) {
      long[] expected = first.shape();
      expected[a] = -1;
      Checks.shape("concat", "an operand", part, expected);
      Checks.compatible("concat", first, part);
      shape[a] += part.size(a);
    }
    return join(first.backend(), shape, a, 0, parts);
  }

  /** Adds {@code before} and {@code after} zeros at the ends of an axis. */
  public static Tensor pad(Tensor x, int axis, long before, long after) {
    int a = Shape.axis(axis, x.rank());
    if (before < 0 || after < 0) throw new IllegalArgumentException("pad: " + before + " zeros before and " + after + " after; expected 0 or more");
    long[] shape = x.shape();
    shape[a] += before + after;
    return join(x.backend(), shape, a, before, x);
  }

  private static Tensor join(Backend backend, long[] shape, int axis, long start, Tensor... parts) {
    long rows = Shape.product(shape, 0, axis);
    long inner = Shape.product(shape, axis + 1, shape.length);
    long stride = shape[axis] * inner;
    DType type = parts[0].type();
    long filled = 0;
    for (Tensor part : parts) {
      type = type.with(part.type());
      filled += part.size(axis);
    }
    Tensor y = backend.empty(type, shape);
    if (filled < shape[axis]) backend.kernels().fill(y, 0);
    long at = start * inner;
    for (Tensor part : parts) {
      long width = part.size(axis) * inner;
      backend.kernels().copyRows(part, 0, width, y, at, stride, rows, width, false);
      at += width;
    }
    return Tape.note("concat", y, parts, Checks.list(), dy -> {
      long from = start * inner;
      for (Tensor part : parts) {
        long width = part.size(axis) * inner;
        if (part.needsGrad()) {
          Tensor d = backend.empty(part.type(), part.shape());
          backend.kernels().copyRows(dy, from, stride, d, 0, width, rows, width, false);
          part.addGrad(d);
        }
        from += width;
      }
    });
  }
}
