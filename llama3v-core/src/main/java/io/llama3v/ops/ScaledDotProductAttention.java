package io.llama3v.ops;

import io.llama3v.backend.AttentionMask;
import io.llama3v.backend.Backend;
import io.llama3v.tensor.Shape;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;

/**
 * {@code softmax(scale · Q Kᵀ + mask) V} per head (Vaswani et al. 2017), with grouped key/value heads (Ainslie et al. 2023):
 * q [B, Tq, H, d], k and v [B, Tk, Hk, d] with Hk dividing H, result [B, Tq, H, d]. Probabilities are not kept; backward
 * recomputes them from each row's log-sum-exp (Dao et al.: FlashAttention, 2022).
 */
public final class ScaledDotProductAttention {
  private ScaledDotProductAttention() {}

  /** Attends with the usual scale {@code 1/√d}. */
  public static Tensor apply(Tensor q, Tensor k, Tensor v, AttentionMask mask) {
    return apply(q, k, v, mask, 1 / Math.sqrt(q.size(-1)));
  }

  /** Attends; see the class. */
  public static Tensor apply(Tensor q, Tensor k, Tensor v, AttentionMask mask, double scale) {
    Checks.shape("attention", "q", q, -1, -1, -1, -1);
    Checks.shape("attention", "k", k, q.size(0), -1, -1, q.size(3));
    Checks.shape("attention", "v", v, k.shape());
    Checks.floating("attention", "q", q);
    Checks.sameType("attention", q, k);
    Checks.sameType("attention", q, v);
    if (k.size(2) == 0 || q.size(2) % k.size(2) != 0) {
      throw new IllegalArgumentException("attention: " + k.size(2) + " key heads do not divide " + q.size(2) + " query heads");
    }
    if (k.size(1) == 0 || q.size(3) == 0) {
      throw new IllegalArgumentException("attention: k has shape " + Shape.text(k.shape()) + "; expected at least one key and one channel");
    }
    mask.check(q.size(0), q.size(2), q.size(1), k.size(1));
    for (Tensor rule : mask.tensors()) if (rule != null) Checks.beside("attention", "a tensor of the mask", rule, q);
    Backend backend = q.backend();
    Tensor out = backend.empty(q.type(), q.shape());
    Tensor logSumExp = backend.empty(q.type().accumulator(), q.size(0), q.size(2), q.size(1));
    backend.kernels().attention(q, k, v, mask, scale, out, logSumExp);
    Tensor[] m = mask.tensors();
    return Tape.note("attention", out, Checks.list(q, k, v), Checks.list(q, k, v, out, logSumExp, m[0], m[1], m[2], m[3], m[4]), dOut -> {
      Tensor dq = gradFor(q);
      Tensor dk = gradFor(k);
      Tensor dv = gradFor(v);
      backend.kernels().attentionBackward(dOut, q, k, v, out, logSumExp, mask, scale, dq, dk, dv);
      if (dq != null) q.addGrad(dq);
      if (dk != null) k.addGrad(dk);
      if (dv != null) v.addGrad(dv);
    });
  }

  private static Tensor gradFor(Tensor x) {
    return x.needsGrad() ? x.backend().empty(x.type(), x.shape()) : null;
  }
}
