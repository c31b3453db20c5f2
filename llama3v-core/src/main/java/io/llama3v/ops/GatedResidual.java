package io.llama3v.ops;

import io.llama3v.backend.Backend;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;

/**
 * {@code y = x + tanh(g) h} with a one-element gate g (Alayrac et al.: Flamingo, 2022). At g = 0 the branch is silent and y is
 * x exactly, while the gate itself still gets the gradient {@code Σ dy h}.
 */
public final class GatedResidual {
  private GatedResidual() {}

  /** Adds the gated branch; see the class. */
  public static Tensor apply(Tensor x, Tensor h, Tensor gate) {
    Checks.sameShape("gated residual", x, h);
    Checks.sameType("gated residual", x, h);
    Checks.beside("gated residual", "the gate", gate, x);
    if (gate.elements() != 1) throw new IllegalArgumentException("gated residual: the gate has " + gate.elements() + " elements; expected 1");
    Backend backend = x.backend();
    Tensor y = backend.empty(x.type(), x.shape());
    backend.kernels().gatedAdd(x, h, gate, y);
    Tensor savedH = gate.needsGrad() ? h : null;
    return Tape.note("gated residual", y, Checks.list(x, h, gate), Checks.list(savedH, gate), dy -> {
      x.addGrad(dy);
      Tensor dh = h.needsGrad() ? backend.empty(h.type(), h.shape()) : null;
      backend.kernels().gatedAddBackward(dy, savedH, gate, dh, gate.needsGrad() ? gate.gradBuffer() : null);
      if (dh != null) h.addGrad(dh);
    });
  }
}
