package example;

import io.llama3v.backend.Backend;
import io.llama3v.backend.BinaryOp;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;

/** {@code y = x²}; {@code dx = 2 x dy}. */
public final class Square {
  private Square() {}

  /** Squares every element. */
  public static Tensor apply(Tensor x) {
    Backend backend = x.backend();
    Tensor y = backend.empty(x.type(), x.shape());
    backend.kernels().binary(BinaryOp.MUL, x, x, y);
    return Tape.note("square", y, new Tensor[] {x}, new Tensor[] {x}, dy -> {
      Tensor dx = backend.empty(x.type(), x.shape());
      backend.kernels().binary(BinaryOp.MUL, x, dy, dx);
      backend.kernels().scale(dx, 2, dx);
      x.addGrad(dx);
    });
  }
}
