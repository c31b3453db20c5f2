package io.llama3v.ops;

import io.llama3v.backend.Backend;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;

/** {@code y = e^{x − max} / Σ e^{x − max}} over the last axis; {@code dx = y (dy − Σ dy y)}. */
public final class Softmax {
  private Softmax() {}

  /** Normalises the last axis. */
  public static Tensor apply(Tensor x) {
    Checks.rows("softmax", x);
    Checks.floating("softmax", "the operand", x);
    Backend backend = x.backend();
    Tensor y = backend.empty(x.type(), x.shape());
    backend.kernels().softmax(x, y);
    return Tape.note("softmax", y, Checks.list(x), Checks.list(y), dy -> {
      Tensor dx = backend.empty(x.type(), x.shape());
      backend.kernels().softmaxBackward(dy, y, dx);
      x.addGrad(dx);
    });
  }
}
