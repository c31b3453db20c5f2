package io.llama3v.ops;

import io.llama3v.backend.Backend;
import io.llama3v.tensor.Shape;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;

/** The part {@code [from, to)} of one axis (a copy, unless the part is contiguous). */
public final class Slice {
  private Slice() {}

  /**
   * Takes {@code x[…, from:to, …]} along {@code axis}.
   *
   * @throws IllegalArgumentException if the range is outside the axis
   */
  public static Tensor apply(Tensor x, int axis, long from, long to) {
    int a = Shape.axis(axis, x.rank());
    if (from < 0 || to < from || to > x.size(a)) {
      throw new IllegalArgumentException("slice: [" + from + ", " + to + ") of axis " + a + " of " + Shape.text(x.shape()));
    }
    long[] shape = x.shape();
    long rows = Shape.product(shape, 0, a);
    long inner = Shape.product(shape, a + 1, shape.length);
    long xStride = shape[a] * inner;
    long width = (to - from) * inner;
    shape[a] = to - from;
    Backend backend = x.backend();
    Tensor y;
    if (rows == 1) {
      y = new Tensor(backend, x.storage(), x.type(), x.offset() + from * inner, shape);
    } else {
      y = backend.empty(x.type(), shape);
      backend.kernels().copyRows(x, from * inner, xStride, y, 0, width, rows, width, false);
    }
    // Adding into the zeroed gradient lets several slices of one tensor share it.
    return Tape.note("slice", y, Checks.list(x), Checks.list(),
        dy -> backend.kernels().copyRows(dy, 0, width, x.gradBuffer(), from * inner, xStride, rows, width, true));
  }
}
