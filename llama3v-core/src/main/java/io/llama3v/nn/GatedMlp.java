package io.llama3v.nn;

import io.llama3v.ops.SiluGate;
import io.llama3v.tensor.Tensor;

/** SwiGLU: {@code down_proj(silu(gate_proj(x)) · up_proj(x))} without biases. x and result [..., width]. */
public final class GatedMlp extends Module {
  private final Linear gate;
  private final Linear up;
  private final Linear down;

  /** Declares {@code gate_proj} and {@code up_proj} [hidden, width] and {@code down_proj} [width, hidden]. */
  public GatedMlp(long width, long hidden, double standardDeviation) {
    this.gate = child("gate_proj", new Linear(width, hidden, false, standardDeviation));
    this.up = child("up_proj", new Linear(width, hidden, false, standardDeviation));
    this.down = child("down_proj", new Linear(hidden, width, false, standardDeviation));
  }

  /** Applies the MLP. */
  public Tensor forward(Tensor x) {
    return down.forward(SiluGate.apply(gate.forward(x), up.forward(x)));
  }
}
