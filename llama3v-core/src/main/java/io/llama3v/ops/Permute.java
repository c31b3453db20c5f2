package io.llama3v.ops;

import io.llama3v.backend.Backend;
import io.llama3v.tensor.Shape;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;

/** Reorders axes (a copy). Axis k of the result is axis {@code axes[k]} of the operand. */
public final class Permute {
  private Permute() {}

  /** Permutes {@code x}; {@code order} names every axis once, negative ones counted from the end. */
  public static Tensor apply(Tensor x, int... order) {
    int[] axes = order.clone();
    int rank = x.rank();
    int[] inverse = new int[rank];
    java.util.Arrays.fill(inverse, -1);
    long[] shape = new long[rank];
    if (axes.length != rank) throw new IllegalArgumentException("permute: " + axes.length + " axes for a tensor of rank " + rank);
    for (int i = 0; i < rank; i++) {
      int a = Shape.axis(axes[i], rank);
      if (inverse[a] >= 0) throw new IllegalArgumentException("permute: axis " + a + " is named twice");
      inverse[a] = i;
      axes[i] = a;
      shape[i] = x.size(a);
    }
    Backend backend = x.backend();
    Tensor y = backend.empty(x.type(), shape);
    backend.kernels().permute(x, axes, y);
    return Tape.note("permute", y, Checks.list(x), Checks.list(), dy -> {
      Tensor dx = backend.empty(x.type(), x.shape());
      backend.kernels().permute(dy, inverse, dx);
      x.addGrad(dx);
    });
  }
}
