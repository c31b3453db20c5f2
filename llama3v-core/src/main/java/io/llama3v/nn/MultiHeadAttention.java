package io.llama3v.nn;

import io.llama3v.backend.AttentionMask;
import io.llama3v.ops.ScaledDotProductAttention;
import io.llama3v.tensor.Tensor;

/**
 * Self-attention of CLIP and vision towers: {@code out(attend(q(x), k(x), v(x)))} with as many key heads as query heads and
 * scale {@code 1/√(width/heads)}. x and result [B, T, width].
 */
public final class MultiHeadAttention extends Module {
  private final Linear query;
  private final Linear key;
  private final Linear value;
  private final Linear output;
  private final int heads;

  /**
   * Declares {@code q_proj, k_proj, v_proj} and the output projection.
   *
   * @param outputName {@code out_proj} in CLIP, {@code o_proj} in Mllama
   * @param bias whether all four have biases (CLIP) or none (Mllama)
   */
  public MultiHeadAttention(long width, int heads, boolean bias, String outputName, double inDeviation, double outDeviation) {
    if (width % heads != 0) throw new IllegalArgumentException(heads + " heads do not divide a width of " + width);
    this.heads = heads;
    this.query = child("q_proj", new Linear(width, width, bias, inDeviation));
    this.key = child("k_proj", new Linear(width, width, bias, inDeviation));
    this.value = child("v_proj", new Linear(width, width, bias, inDeviation));
    this.output = child(outputName, new Linear(width, width, bias, outDeviation));
  }

  /** Attends. */
  public Tensor forward(Tensor x, AttentionMask mask) {
    Tensor attended = ScaledDotProductAttention.apply(split(query.forward(x)), split(key.forward(x)), split(value.forward(x)), mask);
    return output.forward(attended.reshape(x.shape()));
  }

  private Tensor split(Tensor x) {
    return x.reshape(x.size(0), x.size(1), heads, x.size(2) / heads);
  }
}
