package io.llama3v.adapter;

import io.llama3v.llama.LlamaConfig;
import io.llama3v.nn.GatedMlp;
import io.llama3v.nn.Module;
import io.llama3v.nn.RmsNorm;
import io.llama3v.ops.GatedResidual;
import io.llama3v.tensor.Init;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Recompute;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Tensor;
import java.util.function.BiConsumer;

/**
 * The adapter layer: {@code h = x + tanh(g₁) crossAttention(norm(x), image)}, {@code y = h + tanh(g₂) rows · mlp(norm(h))}. Both
 * gates start at 0, so that a new adapter leaves the language model exactly as it was. x and y [B, L, hidden].
 */
public final class CrossAttentionBlock extends Module {
  private final RmsNorm attentionNorm;
  private final CrossAttention attention;
  private final Parameter attentionGate;
  private final RmsNorm mlpNorm;
  private final GatedMlp mlp;
  private final Parameter mlpGate;
  private boolean recompute;

  /** Declares the layer in the shape of the language model's own layers. */
  public CrossAttentionBlock(LlamaConfig c) {
    this.attention = child("cross_attn",
        new CrossAttention(c.hiddenSize(), c.heads(), c.kvHeads(), c.headDim(), c.rmsNormEps(), c.initializerRange()));
    this.attentionNorm = child("input_layernorm", new RmsNorm(c.hiddenSize(), c.rmsNormEps()));
    this.attentionGate = parameter("cross_attn_attn_gate", Init.ZEROS, 1);
    this.mlp = child("mlp", new GatedMlp(c.hiddenSize(), c.intermediateSize(), c.initializerRange()));
    this.mlpNorm = child("post_attention_layernorm", new RmsNorm(c.hiddenSize(), c.rmsNormEps()));
    this.mlpGate = parameter("cross_attn_mlp_gate", Init.ZEROS, 1);
  }

  /** Chooses whether backward runs the layer again instead of keeping its activations; keys and values are kept in any case. */
  public void recompute(boolean chosen) {
    this.recompute = chosen;
  }

  /** Keys and values of image features [B, S, hidden], for {@link #forward}. */
  public CrossAttention.KeysValues keysValues(Tensor states) {
    return attention.keysValues(states);
  }

  /**
   * Runs the layer.
   *
   * @param trace sees the attention's output before its gate, under the name {@code cross_attn}, and what {@link
   *     CrossAttention#forward} shows; may be null
   */
  public Tensor forward(Tensor x, CrossAttention.KeysValues image, CrossAttentionMask mask, BiConsumer<String, Tensor> trace) {
    if (!recompute || trace != null) return run(x, image, mask, trace);
    Tensor[] m = mask.attention().tensors();
    return Recompute.block(parameters().values(),
        in -> run(in[0], new CrossAttention.KeysValues(in[1], in[2]), new CrossAttentionMask(mask.attention().with(in, 4), in[3]), null),
        x, image.keys(), image.values(), mask.rows(), m[0], m[1], m[2], m[3], m[4]);
  }

  private Tensor run(Tensor x, CrossAttention.KeysValues image, CrossAttentionMask mask, BiConsumer<String, Tensor> trace) {
    try (Scope scope = x.backend().scope()) {
      Tensor attended = attention.forward(attentionNorm.forward(x), image, mask.attention(), trace);
      if (trace != null) trace.accept("cross_attn", attended);
      Tensor h = GatedResidual.apply(x, attended, attentionGate);
      Tensor inner = mlp.forward(mlpNorm.forward(h));
      if (mask.rows() != null) inner = inner.mul(mask.rows());
      return scope.keep(GatedResidual.apply(h, inner, mlpGate));
    }
  }

  /**
   * Sets the output projections of attention and MLP to 0. With gates that are open from the start this leaves the language model
   * as it was, just as closed gates do, and lets the projections learn at full strength from the first step.
   */
  public void silence() {
    parameters().forEach((name, parameter) -> {
      if (name.endsWith("o_proj.weight") || name.endsWith("down_proj.weight")) parameter.backend().kernels().fill(parameter, 0);
    });
  }

  /** The two gates as they act, tanh applied: {attention, MLP}. */
  public double[] gates() {
    return new double[] {Math.tanh(attentionGate.item()), Math.tanh(mlpGate.item())};
  }
}
