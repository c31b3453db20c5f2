package io.llama3v.nn;

import io.llama3v.ops.RmsNormalization;
import io.llama3v.tensor.Init;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Tensor;

/** Root-mean-square normalisation over the last axis, with {@code weight} [width]. */
public final class RmsNorm extends Module {
  private final Parameter weight;
  private final double epsilon;

  /** Declares the layer. */
  public RmsNorm(long width, double epsilon) {
    this.weight = parameter("weight", Init.ONES, width);
    this.epsilon = epsilon;
  }

  /** Normalises [..., width]. */
  public Tensor forward(Tensor x) {
    return RmsNormalization.apply(x, weight, epsilon);
  }
}
