package io.llama3v.llama;

import io.llama3v.backend.AttentionMask;
import io.llama3v.nn.Linear;
import io.llama3v.nn.Module;
import io.llama3v.ops.Rotary;
import io.llama3v.ops.ScaledDotProductAttention;
import io.llama3v.tensor.Tensor;

/**
 * Llama's self-attention: projections without bias, rotary positions on queries and keys, grouped key/value heads, causal.
 * x and result [B, T, hidden].
 */
public final class LlamaAttention extends Module {
  private final Linear query;
  private final Linear key;
  private final Linear value;
  private final Linear output;
  private final int headDim;

  /** Declares {@code q_proj} [H·d, hidden], {@code k_proj} and {@code v_proj} [Hk·d, hidden], {@code o_proj} [hidden, H·d]. */
  public LlamaAttention(long hidden, long heads, long kvHeads, int headDim, double deviation) {
    this.headDim = headDim;
    this.query = child("q_proj", new Linear(hidden, heads * headDim, false, deviation));
    this.key = child("k_proj", new Linear(hidden, kvHeads * headDim, false, deviation));
    this.value = child("v_proj", new Linear(hidden, kvHeads * headDim, false, deviation));
    this.output = child("o_proj", new Linear(heads * headDim, hidden, false, deviation));
  }

  /**
   * Attends.
   *
   * @param rope cosines and sines of the positions of x
   * @param mask who sees whom among all tokens, cached ones included
   * @param cache tokens seen before, or null
   * @param layer this layer's place in the cache
   */
  public Tensor forward(Tensor x, RotaryEmbedding.Table rope, AttentionMask mask, KvCache cache, int layer) {
    Tensor q = Rotary.apply(split(query.forward(x)), rope.cos(), rope.sin());
    Tensor k = Rotary.apply(split(key.forward(x)), rope.cos(), rope.sin());
    Tensor v = split(value.forward(x));
    if (cache != null) {
      k = cache.appendKeys(layer, k);
      v = cache.appendValues(layer, v);
    }
    Tensor attended = ScaledDotProductAttention.apply(q, k, v, mask);
    return output.forward(attended.reshape(x.size(0), x.size(1), -1));
  }

  private Tensor split(Tensor x) {
    return x.reshape(x.size(0), x.size(1), -1, headDim);
  }
}
