package io.llama3v.llama;

import io.llama3v.backend.AttentionMask;
import io.llama3v.nn.GatedMlp;
import io.llama3v.nn.Module;
import io.llama3v.nn.RmsNorm;
import io.llama3v.tensor.Recompute;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Tensor;
import java.util.function.BiConsumer;

/** {@code h = x + attention(norm(x)); y = h + mlp(norm(h))}: one Llama layer. x and y [B, T, hidden]. */
public final class LlamaBlock extends Module {
  private final RmsNorm attentionNorm;
  private final LlamaAttention attention;
  private final RmsNorm mlpNorm;
  private final GatedMlp mlp;
  private boolean recompute;

  /** Declares the layer; config objects stop here, blocks below take plain numbers. */
  public LlamaBlock(LlamaConfig c) {
    this.attention = child("self_attn", new LlamaAttention(c.hiddenSize(), c.heads(), c.kvHeads(), c.headDim(), c.initializerRange()));
    this.mlp = child("mlp", new GatedMlp(c.hiddenSize(), c.intermediateSize(), c.initializerRange()));
    this.attentionNorm = child("input_layernorm", new RmsNorm(c.hiddenSize(), c.rmsNormEps()));
    this.mlpNorm = child("post_attention_layernorm", new RmsNorm(c.hiddenSize(), c.rmsNormEps()));
  }

  /** Chooses whether backward runs the layer again instead of keeping its activations. */
  public void recompute(boolean chosen) {
    this.recompute = chosen;
  }

  /** Runs the layer; parameters as in {@link LlamaAttention#forward}. */
  public Tensor forward(Tensor x, RotaryEmbedding.Table rope, AttentionMask mask, KvCache cache, int layer) {
    return forward(x, rope, mask, cache, layer, null);
  }

  /**
   * Runs the layer; parameters as in {@link LlamaAttention#forward}.
   *
   * @param trace sees {@code self_attn_output} and {@code mlp_output}, before they are added; may be null
   */
  public Tensor forward(Tensor x, RotaryEmbedding.Table rope, AttentionMask mask, KvCache cache, int layer,
      BiConsumer<String, Tensor> trace) {
    if (!recompute || cache != null || trace != null) return run(x, rope, mask, cache, layer, trace);
    // What the block reads travels as inputs, so that the tape keeps it until backward has run.
    Tensor[] m = mask.tensors();
    return Recompute.block(parameters().values(),
        in -> run(in[0], new RotaryEmbedding.Table(in[1], in[2]), mask.with(in, 3), null, layer, null),
        x, rope.cos(), rope.sin(), m[0], m[1], m[2], m[3], m[4]);
  }

  private Tensor run(Tensor x, RotaryEmbedding.Table rope, AttentionMask mask, KvCache cache, int layer,
      BiConsumer<String, Tensor> trace) {
    try (Scope scope = x.backend().scope()) {
      Tensor attended = attention.forward(attentionNorm.forward(x), rope, mask, cache, layer);
      Tensor h = x.add(attended);
      Tensor inner = mlp.forward(mlpNorm.forward(h));
      if (trace != null) {
        trace.accept("self_attn_output", attended);
        trace.accept("mlp_output", inner);
      }
      return scope.keep(h.add(inner));
    }
  }
}
