package io.llama3v.ops;

import io.llama3v.backend.Backend;
import io.llama3v.backend.Windows;
import io.llama3v.tensor.DType;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;

/**
 * The largest value of each window and channel: x [N, H, W, C] to y [N, H', W', C]. Pixels outside the image take no part; the
 * gradient goes to the pixel that was the largest, the first of equals.
 */
public final class MaxPool2d {
  private MaxPool2d() {}

  /** Pools; see the class. */
  public static Tensor apply(Tensor x, int size, int stride, int padding) {
    Checks.shape("max pooling", "x", x, -1, -1, -1, -1);
    Windows w = new Windows(size, size, stride, padding);
    long rows = w.rows(x.size(1));
    long columns = w.columns(x.size(2));
    if (rows < 1 || columns < 1) {
      throw new IllegalArgumentException("max pooling: windows of " + size + " with a padding of " + padding + " do not fit into images of "
          + x.size(1) + "x" + x.size(2));
    }
    Backend backend = x.backend();
    Tensor y = backend.empty(x.type(), x.size(0), rows, columns, x.size(3));
    Tensor argmax = backend.empty(DType.I32, y.shape());
    backend.kernels().maxPool(x, w, y, argmax);
    return Tape.note("max pooling", y, Checks.list(x), Checks.list(argmax), dy -> {
      Tensor dx = backend.empty(x.type(), x.shape());
      backend.kernels().maxPoolBackward(dy, argmax, dx);
      x.addGrad(dx);
    });
  }
}
