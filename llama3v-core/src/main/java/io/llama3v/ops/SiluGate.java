package io.llama3v.ops;

import io.llama3v.backend.Backend;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;

/** {@code silu(gate) · up}, the middle of a SwiGLU MLP (Shazeer: GLU Variants Improve Transformer, 2020). Equal shapes. */
public final class SiluGate {
  private SiluGate() {}

  /** Applies the gate; see the class. */
  public static Tensor apply(Tensor gate, Tensor up) {
    Checks.sameShape("silu gate", gate, up);
    Checks.sameType("silu gate", gate, up);
    Checks.floating("silu gate", "the gate", gate);
    Backend backend = gate.backend();
    Tensor y = backend.empty(gate.type(), gate.shape());
    backend.kernels().siluGate(gate, up, y);
    return Tape.note("silu gate", y, Checks.list(gate, up), Checks.list(gate, up), dy -> {
      Tensor dGate = gate.needsGrad() ? backend.empty(gate.type(), gate.shape()) : null;
      Tensor dUp = up.needsGrad() ? backend.empty(up.type(), up.shape()) : null;
      backend.kernels().siluGateBackward(dy, gate, up, dGate, dUp);
      if (dGate != null) gate.addGrad(dGate);
      if (dUp != null) up.addGrad(dUp);
    });
  }
}
