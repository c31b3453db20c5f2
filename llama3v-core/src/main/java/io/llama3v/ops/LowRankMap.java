package io.llama3v.ops;

import io.llama3v.tensor.Tensor;

/**
 * The update of LoRA (Hu et al., 2021): {@code y = s · x Aᵀ Bᵀ} with x [..., in], A [r, in], B [out, r], y [..., out]. Made of two
 * {@link LinearMap}s, which bring its gradients.
 */
public final class LowRankMap {
  private LowRankMap() {}

  /** Applies the map; see the class. */
  public static Tensor apply(Tensor x, Tensor a, Tensor b, double scale) {
    // The narrow side is scaled: r values a row instead of out.
    return LinearMap.apply(LinearMap.apply(x, a, null).mul(scale), b, null);
  }
}
