package io.llama3v.ops;

import io.llama3v.backend.Backend;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;

/**
 * Rotary position embedding (Su et al. 2021) in Hugging Face's half-split layout: pairs are (i, i + d/2).
 * x [B, T, H, d]; cos and sin [B or 1, T, d/2]. The gradient is rotated back.
 */
public final class Rotary {
  private Rotary() {}

  /** Rotates queries or keys; see the class. */
  public static Tensor apply(Tensor x, Tensor cos, Tensor sin) {
    Checks.shape("rotary", "x", x, -1, -1, -1, -1);
    if (x.size(3) % 2 != 0) throw new IllegalArgumentException("rotary: heads of width " + x.size(3) + "; channels turn in pairs, so it must be even");
    Checks.shape("rotary", "cos", cos, -1, -1, -1);
    Checks.beside("rotary", "cos", cos, x);
    Checks.sameType("rotary", cos, sin);
    Checks.shape("rotary", "cos", cos, cos.size(0) == 1 ? 1 : x.size(0), x.size(1), x.size(3) / 2);
    Checks.sameShape("rotary", cos, sin);
    Backend backend = x.backend();
    Tensor y = backend.empty(x.type(), x.shape());
    backend.kernels().rotary(x, cos, sin, false, y);
    return Tape.note("rotary", y, Checks.list(x), Checks.list(cos, sin), dy -> {
      Tensor dx = backend.empty(x.type(), x.shape());
      backend.kernels().rotary(dy, cos, sin, true, dx);
      x.addGrad(dx);
    });
  }
}
