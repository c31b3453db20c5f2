package io.llama3v.ops;

import io.llama3v.backend.Backend;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;

/** {@code y = x / max(‖x‖₂, 1e-12)} over the last axis, in F32 if x is BF16; {@code dx = (dy − y (y·dy)) / ‖x‖}. */
public final class L2Normalize {
  private L2Normalize() {}

  /** Normalises the last axis to unit length. */
  public static Tensor apply(Tensor x) {
    long rows = Checks.rows("l2 normalize", x);
    Checks.floating("l2 normalize", "the operand", x);
    Backend backend = x.backend();
    Tensor y = backend.empty(x.type().accumulator(), x.shape());
    Tensor norm = backend.empty(x.type().accumulator(), rows);
    backend.kernels().l2Normalize(x, y, norm);
    return Tape.note("l2 normalize", y, Checks.list(x), Checks.list(y, norm), dy -> {
      Tensor dx = backend.empty(x.type(), x.shape());
      backend.kernels().l2NormalizeBackward(dy, y, norm, dx);
      x.addGrad(dx);
    });
  }
}
