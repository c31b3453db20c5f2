package io.llama3v.nn;

import io.llama3v.ops.LayerNormalization;
import io.llama3v.tensor.Init;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Tensor;

/** Layer normalisation over the last axis, with {@code weight} and {@code bias} [width]. */
public final class LayerNorm extends Module {
  private final Parameter weight;
  private final Parameter bias;
  private final double epsilon;

  /** Declares the layer. */
  public LayerNorm(long width, double epsilon) {
    this.weight = parameter("weight", Init.ONES, width);
    this.bias = parameter("bias", Init.ZEROS, width);
    this.epsilon = epsilon;
  }

  /** Normalises [..., width]. */
  public Tensor forward(Tensor x) {
    return LayerNormalization.apply(x, weight, bias, epsilon);
  }
}
