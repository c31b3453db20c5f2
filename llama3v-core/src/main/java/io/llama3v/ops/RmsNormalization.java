package io.llama3v.ops;

import io.llama3v.backend.Backend;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;

/**
 * Root-mean-square normalisation over the last axis (Zhang, Sennrich 2019): {@code y = x / √(mean(x²) + ε) · w}.
 * x [..., D], w [D].
 */
public final class RmsNormalization {
  private RmsNormalization() {}

  /** Normalises; see the class. */
  public static Tensor apply(Tensor x, Tensor weight, double epsilon) {
    long rows = Checks.rows("rms norm", x);
    Checks.shape("rms norm", "weight", weight, x.size(-1));
    Checks.beside("rms norm", "weight", weight, x);
    Backend backend = x.backend();
    Tensor y = backend.empty(x.type(), x.shape());
    Tensor rstd = backend.empty(x.type().accumulator(), rows);
    backend.kernels().rmsNorm(x, weight, epsilon, y, rstd);
    return Tape.note("rms norm", y, Checks.list(x, weight), Checks.list(x, weight, rstd), dy -> {
      Tensor dWeight = weight.needsGrad() ? weight.gradBuffer() : null;
      if (!x.needsGrad()) backend.kernels().rmsNormBackward(dy, x, weight, rstd, null, false, dWeight);
      x.accumulateGrad((dx, add) -> backend.kernels().rmsNormBackward(dy, x, weight, rstd, dx, add, dWeight));
    });
  }
}
