package io.llama3v.ops;

import io.llama3v.backend.Backend;
import io.llama3v.backend.Kernels;
import io.llama3v.backend.Windows;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Shape;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;

/**
 * Convolution (cross-correlation) of images with channels last:
 * {@code y[n, i, j, o] = b[o] + sum_{u, v, c} W[o, c, u, v] x[n, i s + u - p, j s + v - p, c]}, 0 outside the image.
 *
 * <p>x [N, H, W, C]; the weight as checkpoints store it, [O, C, h, w]; bias [O] or null; y [N, H', W', O]. Windows are unfolded
 * ({@link Kernels#unfoldWindows}) for a few images at a time and multiplied; backward unfolds them again rather than keep them.
 */
public final class Convolution2d {
  /** Elements of unfolded windows at a time: 32 MB in single precision. */
  private static final long CHUNK = 8 << 20;

  private Convolution2d() {}

  /**
   * Convolves; see the class.
   *
   * @throws IllegalArgumentException if shapes do not fit or the image is smaller than a window
   */
  public static Tensor apply(Tensor x, Tensor weight, Tensor bias, int stride, int padding) {
    Checks.shape("convolution", "x", x, -1, -1, -1, -1);
    Checks.shape("convolution", "weight", weight, -1, x.size(3), -1, -1);
    Windows w = new Windows((int) weight.size(2), (int) weight.size(3), stride, padding);
    if (bias != null) Checks.shape("convolution", "bias", bias, weight.size(0));
    if (w.rows(x.size(1)) < 1 || w.columns(x.size(2)) < 1) {
      throw new IllegalArgumentException("convolution: windows of " + w.height() + "x" + w.width() + " with a padding of " + padding
          + " do not fit into images of shape " + Shape.text(x.shape()));
    }
    long out = weight.size(0);
    // Windows list pixels first and channels last, so the weight does too.
    Tensor matrix = Reshape.apply(Permute.apply(weight, 0, 2, 3, 1), out, -1);
    if (w.size() == 1 && stride == 1) return LinearMap.apply(x, matrix, bias);
    return windows(x, matrix, bias, w);
  }

  private static Tensor windows(Tensor x, Tensor matrix, Tensor bias, Windows w) {
    Checks.floating("convolution", "x", x);
    Checks.sameType("convolution", x, matrix);
    if (bias != null) Checks.sameType("convolution", x, bias);
    Backend backend = x.backend();
    long n = x.size(0);
    long out = matrix.size(0);
    long length = matrix.size(1);
    long rows = w.rows(x.size(1));
    long columns = w.columns(x.size(2));
    Tensor y = backend.empty(x.type(), n, rows, columns, out);
    long step = Math.max(1, Math.min(n, CHUNK / Math.max(1, rows * columns * length)));
    for (long from = 0; from < n; from += step) {
      long count = Math.min(step, n - from);
      try (Scope scope = backend.scope()) {
        Tensor unfolded = unfold(part(x, from, count), w, length);
        backend.kernels().linear(unfolded, matrix, bias, part(y, from, count));
      }
    }
    return Tape.note("convolution", y, Checks.list(x, matrix, bias), Checks.list(matrix.needsGrad() ? x : null, matrix), dy -> {
      Tensor dx = x.needsGrad() ? backend.empty(x.type(), x.shape()) : null;
      for (long from = 0; from < n; from += step) backward(x, dx, matrix, dy, w, from, Math.min(step, n - from));
      if (dx != null) x.addGrad(dx);
      if (bias != null && bias.needsGrad()) backend.kernels().sumInto(dy, bias.gradBuffer());
    });
  }

  private static void backward(Tensor x, Tensor dx, Tensor matrix, Tensor dy, Windows w, long from, long count) {
    Backend backend = dy.backend();
    Kernels kernels = backend.kernels();
    long out = matrix.size(0);
    long length = matrix.size(1);
    long windows = count * dy.size(1) * dy.size(2);
    Tensor dyPart = part(dy, from, count);
    try (Scope scope = backend.scope()) {
      if (matrix.needsGrad()) {
        Tensor unfolded = unfold(part(x, from, count), w, length);
        matrix.accumulateGrad((dw, add) -> kernels.matmul(dyPart, true, unfolded, false, dw, 1, out, length, windows, 1, add ? 1 : 0));
      }
      if (dx != null) {
        Tensor dWindows = backend.empty(dy.type(), count, dy.size(1), dy.size(2), length);
        kernels.matmul(dyPart, false, matrix, false, dWindows, 1, windows, length, out, 1, 0);
        kernels.foldWindows(dWindows, w, part(dx, from, count));
      }
    }
  }

  private static Tensor unfold(Tensor x, Windows w, long length) {
    Tensor unfolded = x.backend().empty(x.type(), x.size(0), w.rows(x.size(1)), w.columns(x.size(2)), length);
    x.backend().kernels().unfoldWindows(x, w, unfolded);
    return unfolded;
  }

  /** Some images of a batch: a view. */
  private static Tensor part(Tensor t, long from, long count) {
    long[] shape = t.shape();
    long perImage = t.elements() / Math.max(1, shape[0]);
    shape[0] = count;
    return new Tensor(t.backend(), t.storage(), t.type(), t.offset() + from * perImage, shape);
  }
}
