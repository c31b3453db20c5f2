package io.llama3v.ops;

import io.llama3v.backend.Backend;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;

/**
 * Layer normalisation over the last axis (Ba, Kiros, Hinton 2016): {@code y = (x − μ)/√(σ² + ε) · w + b}, σ² biased.
 * x [..., D], w [D], b [D].
 */
public final class LayerNormalization {
  private LayerNormalization() {}

  /** Normalises; see the class. */
  public static Tensor apply(Tensor x, Tensor weight, Tensor bias, double epsilon) {
    long rows = Checks.rows("layer norm", x);
    Checks.shape("layer norm", "weight", weight, x.size(-1));
    Checks.shape("layer norm", "bias", bias, x.size(-1));
    Checks.beside("layer norm", "weight", weight, x);
    Checks.beside("layer norm", "bias", bias, x);
    Backend backend = x.backend();
    Tensor y = backend.empty(x.type(), x.shape());
    Tensor mean = backend.empty(x.type().accumulator(), rows);
    Tensor rstd = backend.empty(x.type().accumulator(), rows);
    backend.kernels().layerNorm(x, weight, bias, epsilon, y, mean, rstd);
    return Tape.note("layer norm", y, Checks.list(x, weight, bias), Checks.list(x, weight, mean, rstd), dy -> {
      Tensor dWeight = weight.needsGrad() ? weight.gradBuffer() : null;
      Tensor dBias = bias.needsGrad() ? bias.gradBuffer() : null;
      if (!x.needsGrad()) backend.kernels().layerNormBackward(dy, x, weight, mean, rstd, null, false, dWeight, dBias);
      x.accumulateGrad((dx, add) -> backend.kernels().layerNormBackward(dy, x, weight, mean, rstd, dx, add, dWeight, dBias));
    });
  }
}
