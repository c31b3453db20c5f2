package io.llama3v.train.optim;

import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Tensor;

/**
 * Clipping by the global norm (Pascanu, Mikolov, Bengio: On the difficulty of training recurrent neural networks, 2013):
 * {@code norm = √(Σ over all parameters of Σ g²)}, {@code scale = min(1, maxNorm / (norm + 1e-6))}, as
 * {@code torch.nn.utils.clip_grad_norm_} computes it but summed in double. The gradients are not touched: the scale goes to
 * {@link AdamW#step(long, double)}.
 *
 * @param maxNorm largest norm that passes unscaled; {@link Double#POSITIVE_INFINITY} to measure only
 */
public record GradientClipping(double maxNorm) {
  /** Measures and never scales. */
  public static final GradientClipping NONE = new GradientClipping(Double.POSITIVE_INFINITY);

  public GradientClipping {
    if (!(maxNorm > 0)) {
      throw new IllegalArgumentException("maxNorm is " + maxNorm + ": give a positive number, or infinity for no clipping");
    }
  }

  /** Measures the gradients of the parameters that have one. */
  public GradientNorm measure(Iterable<Parameter> parameters) {
    double sum = 0;
    int count = 0;
    for (Parameter parameter : parameters) {
      Tensor gradient = parameter.grad();
      if (gradient == null) continue;
      sum += parameter.backend().kernels().sumOfSquares(gradient);
      count++;
    }
    double norm = Math.sqrt(sum);
    return new GradientNorm(norm, Math.min(1, maxNorm / (norm + 1e-6)), count);
  }
}
