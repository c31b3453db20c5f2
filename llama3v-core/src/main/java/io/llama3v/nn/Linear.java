package io.llama3v.nn;

import io.llama3v.ops.LinearMap;
import io.llama3v.tensor.Init;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Tensor;

/** {@code y = x Wᵀ + b}: x [..., in], {@code weight} [out, in], {@code bias} [out] if there is one, y [..., out]. */
public final class Linear extends Module {
  private final Parameter weight;
  private final Parameter bias;
  private LowRankUpdate update;

  /** Declares the layer; weights are drawn from a normal distribution, biases are 0. */
  public Linear(long in, long out, boolean bias, double standardDeviation) {
    this.weight = parameter("weight", Init.normal(standardDeviation), out, in);
    this.bias = bias ? parameter("bias", Init.ZEROS, out) : null;
  }

  /** With the usual standard deviation of 0.02. */
  public Linear(long in, long out, boolean bias) {
    this(in, out, bias, 0.02);
  }

  /** Applies the layer. */
  public Tensor forward(Tensor x) {
    Tensor y = LinearMap.apply(x, weight, bias);
    return update == null ? y : update.addTo(y, x);
  }

  /** The weight matrix [out, in]. */
  public Parameter weight() {
    return weight;
  }

  /** The bias [out], or null. */
  public Parameter bias() {
    return bias;
  }

  /** The low-rank update, or null; {@link Lora} attaches one. */
  LowRankUpdate update() {
    return update;
  }

  LowRankUpdate attach(int rank, double alpha) {
    update = child("", new LowRankUpdate(weight.size(1), weight.size(0), rank, alpha));
    return update;
  }

  void detach() {
    removeChild("");
    update.close();
    update = null;
  }
}
