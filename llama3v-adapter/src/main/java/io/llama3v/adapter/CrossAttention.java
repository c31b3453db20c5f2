package io.llama3v.adapter;

import io.llama3v.backend.AttentionMask;
import io.llama3v.nn.Linear;
import io.llama3v.nn.Module;
import io.llama3v.nn.RmsNorm;
import io.llama3v.ops.ScaledDotProductAttention;
import io.llama3v.tensor.Tensor;
import java.util.function.BiConsumer;

/**
 * Attention from text to image: queries from the text, keys and values from projected image features, RMS norm on the heads of
 * queries and keys, no positions, grouped key/value heads. x [B, L, hidden], states [B, S, hidden], result [B, L, hidden].
 */
public final class CrossAttention extends Module {
  private final Linear query;
  private final Linear key;
  private final Linear value;
  private final Linear output;
  private final RmsNorm queryNorm;
  private final RmsNorm keyNorm;
  private final int headDim;

  /** Declares {@code q_proj, k_proj, v_proj, o_proj, q_norm, k_norm}. */
  public CrossAttention(long hidden, long heads, long kvHeads, int headDim, double epsilon, double deviation) {
    this.headDim = headDim;
    this.query = child("q_proj", new Linear(hidden, heads * headDim, false, deviation));
    this.key = child("k_proj", new Linear(hidden, kvHeads * headDim, false, deviation));
    this.value = child("v_proj", new Linear(hidden, kvHeads * headDim, false, deviation));
    this.output = child("o_proj", new Linear(heads * headDim, hidden, false, deviation));
    this.queryNorm = child("q_norm", new RmsNorm(headDim, epsilon));
    this.keyNorm = child("k_norm", new RmsNorm(headDim, epsilon));
  }

  /** Keys and values of the image features, each [B, S, Hk, d]: the same for every text token. */
  public record KeysValues(Tensor keys, Tensor values) {}

  /** Projects image features. */
  public KeysValues keysValues(Tensor states) {
    return new KeysValues(keyNorm.forward(split(key.forward(states))), split(value.forward(states)));
  }

  /**
   * Attends; tokens that see nothing get zeros.
   *
   * @param trace sees {@code cross_attn_query} [B, L, H, d] and {@code cross_attn_key} [B, S, Hk, d], both normalised; may be null
   */
  public Tensor forward(Tensor x, KeysValues image, AttentionMask mask, BiConsumer<String, Tensor> trace) {
    Tensor q = queryNorm.forward(split(query.forward(x)));
    if (trace != null) {
      trace.accept("cross_attn_query", q);
      trace.accept("cross_attn_key", image.keys());
    }
    Tensor attended = ScaledDotProductAttention.apply(q, image.keys(), image.values(), mask);
    return output.forward(attended.reshape(x.size(0), x.size(1), -1));
  }

  private Tensor split(Tensor x) {
    return x.reshape(x.size(0), x.size(1), -1, headDim);
  }
}
