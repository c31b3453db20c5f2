package io.llama3v.ops;

import io.llama3v.backend.Backend;
import io.llama3v.tensor.DType;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;

/** The same values in another floating type, rounded to nearest; the gradient is converted back. */
public final class Cast {
  private Cast() {}

  /** Converts; a tensor that has the type already is returned as it is. */
  public static Tensor apply(Tensor x, DType type) {
    if (x.type() == type) return x;
    Checks.floating("cast", "the operand", x);
    if (!type.isFloating()) throw new IllegalArgumentException("cast to " + type + "; expected a floating type");
    Backend backend = x.backend();
    Tensor y = backend.empty(type, x.shape());
    backend.kernels().copy(x, y);
    return Tape.note("cast", y, Checks.list(x), Checks.list(), x::addGrad);
  }
}
