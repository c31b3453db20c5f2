package io.llama3v.ops;

import io.llama3v.tensor.Shape;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;

/** The same elements in another shape: a view, no copy. */
public final class Reshape {
  private Reshape() {}

  /**
   * Reshapes {@code x}; one axis of {@code shape} may be -1.
   *
   * @throws IllegalArgumentException if the number of elements differs
   */
  public static Tensor apply(Tensor x, long... shape) {
    Tensor y = new Tensor(x.backend(), x.storage(), x.type(), x.offset(), Shape.infer(x.elements(), shape));
    return Tape.note("reshape", y, Checks.list(x), Checks.list(), x::addGrad);
  }
}
