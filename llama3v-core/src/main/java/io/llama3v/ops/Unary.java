package io.llama3v.ops;

import io.llama3v.backend.Backend;
import io.llama3v.backend.UnaryOp;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;

/** An element-wise function {@code y = f(x)} with {@code dx = dy f'(x)}; see {@link UnaryOp} for the formulas. */
public final class Unary {
  private Unary() {}

  /** Applies {@code op} to every element. */
  public static Tensor apply(UnaryOp op, Tensor x) {
    Checks.floating(op.name(), "the operand", x);
    Backend backend = x.backend();
    Tensor y = backend.empty(x.type(), x.shape());
    backend.kernels().unary(op, x, y);
    // Functions whose derivative follows from y alone need not keep x, and the other way round.
    boolean fromOutput = op == UnaryOp.TANH || op == UnaryOp.SIGMOID || op == UnaryOp.EXP || op == UnaryOp.RELU;
    return Tape.note(op.name(), y, Checks.list(x), Checks.list(fromOutput ? y : x), dy -> {
      Tensor dx = backend.empty(x.type(), x.shape());
      backend.kernels().unaryBackward(op, fromOutput ? null : x, fromOutput ? y : null, dy, dx);
      x.addGrad(dx);
    });
  }
}
