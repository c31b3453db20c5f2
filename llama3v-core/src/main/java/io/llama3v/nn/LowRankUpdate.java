package io.llama3v.nn;

import io.llama3v.backend.Backend;
import io.llama3v.ops.LowRankMap;
import io.llama3v.tensor.Init;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Tensor;

/**
 * What LoRA adds to a frozen linear layer: {@code s · x Aᵀ Bᵀ} with {@code s = alpha / r}, A [r, in] and B [out, r] (Hu et al.:
 * LoRA, 2021). B begins at 0, so that the layer begins as it was; A is drawn uniformly from ±1/√in, as PEFT does. The parameters
 * are called {@code lora_A.weight} and {@code lora_B.weight} below the layer, which are PEFT's names.
 */
final class LowRankUpdate extends Module {
  private final Parameter a;
  private final Parameter b;
  private final double scale;

  LowRankUpdate(long in, long out, int rank, double alpha) {
    this.a = parameter("lora_A.weight", Init.uniform(1 / Math.sqrt(in)), rank, in);
    this.b = parameter("lora_B.weight", Init.ZEROS, out, rank);
    this.scale = alpha / rank;
  }

  /** {@code y + s x Aᵀ Bᵀ}: x [..., in], y [..., out]. */
  Tensor addTo(Tensor y, Tensor x) {
    return y.add(LowRankMap.apply(x, a, b, scale));
  }

  /** {@code W += s B A}. */
  void mergeInto(Parameter weight) {
    Backend backend = weight.backend();
    backend.kernels().matmul(b, false, a, false, weight, 1, weight.size(0), weight.size(1), a.size(0), scale, 1);
  }
}
