package io.llama3v.ops;

import io.llama3v.backend.Backend;
import io.llama3v.backend.Kernels;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;

/**
 * {@code y = x Wᵀ + b} with x [..., in], W [out, in] as checkpoints store it, b [out] or null, y [..., out].
 * {@code dx = dy W}, {@code dW += dyᵀ x}, {@code db += Σ dy}.
 */
public final class LinearMap {
  private LinearMap() {}

  /** Applies the map; see the class. */
  public static Tensor apply(Tensor input, Tensor weight, Tensor bias) {
    Tensor x = Cast.apply(input, input.type().with(weight.type()));
    Checks.shape("linear", "weight", weight, -1, x.size(-1));
    long in = weight.size(1);
    long out = weight.size(0);
    Checks.floating("linear", "x", x);
    Checks.compatible("linear", x, weight);
    if (bias != null) {
      Checks.shape("linear", "bias", bias, out);
      Checks.compatible("linear", x, bias);
    }
    Backend backend = x.backend();
    Kernels kernels = backend.kernels();
    long[] shape = x.shape();
    shape[shape.length - 1] = out;
    Tensor y = backend.empty(x.type(), shape);
    kernels.linear(x, weight, bias, y);
    long rows = x.elements() / Math.max(1, in);
    // x is needed for dW only: under a frozen weight it need not be kept.
    Tensor savedX = weight.needsGrad() ? x : null;
    return Tape.note("linear", y, Checks.list(x, weight, bias), Checks.list(savedX, weight), dy -> {
      x.accumulateGrad((dx, add) -> kernels.matmul(dy, false, weight, false, dx, 1, rows, in, out, 1, add ? 1 : 0));
      weight.accumulateGrad((dw, add) -> kernels.matmul(dy, true, savedX, false, dw, 1, out, in, rows, 1, add ? 1 : 0));
      if (bias != null && bias.needsGrad()) kernels.sumInto(dy, bias.gradBuffer());
    });
  }
}
