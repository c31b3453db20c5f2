package io.llama3v.nn;

import io.llama3v.backend.UnaryOp;
import io.llama3v.ops.Unary;
import io.llama3v.tensor.Tensor;

/** {@code fc2(act(fc1(x)))} with biases: the MLP of vision transformers and CLIP. x and result [..., width]. */
public final class Mlp extends Module {
  private final Linear fc1;
  private final Linear fc2;
  private final UnaryOp activation;

  /** Declares {@code fc1} [hidden, width] and {@code fc2} [width, hidden]. */
  public Mlp(long width, long hidden, UnaryOp activation, double fc1Deviation, double fc2Deviation) {
    this.fc1 = child("fc1", new Linear(width, hidden, true, fc1Deviation));
    this.fc2 = child("fc2", new Linear(hidden, width, true, fc2Deviation));
    this.activation = activation;
  }

  /** Applies the MLP. */
  public Tensor forward(Tensor x) {
    return fc2.forward(Unary.apply(activation, fc1.forward(x)));
  }
}
