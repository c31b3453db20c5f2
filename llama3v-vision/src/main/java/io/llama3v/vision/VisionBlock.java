package io.llama3v.vision;

import io.llama3v.backend.AttentionMask;
import io.llama3v.nn.LayerNorm;
import io.llama3v.nn.Mlp;
import io.llama3v.nn.Module;
import io.llama3v.nn.MultiHeadAttention;
import io.llama3v.ops.GatedResidual;
import io.llama3v.tensor.Init;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Tensor;

/**
 * A pre-norm transformer block, {@code h = x + a · attend(norm1(x)), y = h + b · mlp(norm2(h))}, with {@code a = b = 1} or, in
 * Mllama's global stack, {@code a = tanh(gate_attn), b = tanh(gate_ffn)}; fresh gates are 0, so that a new gated block passes its
 * input through. x and y [B, T, width].
 */
public final class VisionBlock extends Module {
  /** What the parts of a block are called in checkpoints. */
  public enum Naming {
    /** Hugging Face's CLIP. */
    CLIP("layer_norm1", "layer_norm2", "out_proj"),
    /** Hugging Face's Mllama. */
    MLLAMA("input_layernorm", "post_attention_layernorm", "o_proj");

    private final String norm1;
    private final String norm2;
    private final String output;

    Naming(String norm1, String norm2, String output) {
      this.norm1 = norm1;
      this.norm2 = norm2;
      this.output = output;
    }
  }

  private final LayerNorm norm1;
  private final MultiHeadAttention attention;
  private final LayerNorm norm2;
  private final Mlp mlp;
  private final Parameter attentionGate;
  private final Parameter mlpGate;

  /** Declares the block. */
  public VisionBlock(BlockShape shape, Naming naming, boolean gated) {
    this.attention = child("self_attn", new MultiHeadAttention(shape.width(), shape.heads(), shape.attentionBias(), naming.output,
        shape.inDeviation(), shape.outDeviation()));
    this.norm1 = child(naming.norm1, new LayerNorm(shape.width(), shape.epsilon()));
    this.mlp = child("mlp", new Mlp(shape.width(), shape.hidden(), shape.activation(), shape.mlpDeviation(), shape.outDeviation()));
    this.norm2 = child(naming.norm2, new LayerNorm(shape.width(), shape.epsilon()));
    this.attentionGate = gated ? parameter("gate_attn", Init.ZEROS, 1) : null;
    this.mlpGate = gated ? parameter("gate_ffn", Init.ZEROS, 1) : null;
  }

  /** Applies the block; see the class. */
  public Tensor forward(Tensor x, AttentionMask mask) {
    try (Scope scope = x.backend().scope()) {
      Tensor h = join(x, attention.forward(norm1.forward(x), mask), attentionGate);
      return scope.keep(join(h, mlp.forward(norm2.forward(h)), mlpGate));
    }
  }

  private static Tensor join(Tensor x, Tensor branch, Parameter gate) {
    return gate == null ? x.add(branch) : GatedResidual.apply(x, branch, gate);
  }
}
