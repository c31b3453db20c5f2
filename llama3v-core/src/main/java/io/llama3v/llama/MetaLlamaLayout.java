package io.llama3v.llama;

import io.llama3v.io.WeightSource;
import io.llama3v.nn.WeightLayout;
import java.io.IOException;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Meta's names for Llama weights. Meta rotates neighbouring pairs of channels, Hugging Face pairs half a head apart; so the rows
 * of self-attention's query and key projections are permuted: row {@code (h, i, r)} of {@code [heads, d/2, 2]} becomes
 * {@code (h, r, i)} of {@code [heads, 2, d/2]}.
 */
public final class MetaLlamaLayout implements WeightLayout {
  private static final Pattern LAYER = Pattern.compile("model\\.layers\\.(\\d+)\\.(.+)\\.weight");
  private final LlamaConfig config;

  /** The layout of one model. */
  public MetaLlamaLayout(LlamaConfig config) {
    this.config = config;
  }

  @Override
  public float[] read(WeightSource source, String name, long[] shape, Set<String> used) throws IOException {
    String meta = metaName(name);
    if (meta == null || !source.contains(meta)) return null;
    used.add(meta);
    float[] values = source.readFloats(meta);
    if (name.endsWith("self_attn.q_proj.weight")) return toHalves(values, config.heads(), config.headDim());
    if (name.endsWith("self_attn.k_proj.weight")) return toHalves(values, config.kvHeads(), config.headDim());
    return values;
  }

  /** Meta's name of a parameter, or null. */
  public static String metaName(String name) {
    switch (name) {
      case "model.embed_tokens.weight":
        return "tok_embeddings.weight";
      case "model.norm.weight":
        return "norm.weight";
      case "lm_head.weight":
        return "output.weight";
      default:
    }
    Matcher m = LAYER.matcher(name);
    if (!m.matches()) return null;
    String part = blockPart(m.group(2));
    return part == null ? null : "layers." + m.group(1) + "." + part + ".weight";
  }

  /** Meta's name of a part of a self-attention block, both without {@code .weight}; null if unknown. */
  public static String blockPart(String part) {
    return switch (part) {
      case "self_attn.q_proj" -> "attention.wq";
      case "self_attn.k_proj" -> "attention.wk";
      case "self_attn.v_proj" -> "attention.wv";
      case "self_attn.o_proj" -> "attention.wo";
      case "mlp.gate_proj" -> "feed_forward.w1";
      case "mlp.up_proj" -> "feed_forward.w3";
      case "mlp.down_proj" -> "feed_forward.w2";
      case "input_layernorm" -> "attention_norm";
      case "post_attention_layernorm" -> "ffn_norm";
      default -> null;
    };
  }

  /** Permutes the rows of a projection [heads·d, in] from Meta's rotary layout to Hugging Face's. */
  public static float[] toHalves(float[] weight, int heads, int headDim) {
    return permute(weight, heads, headDim, true);
  }

  /** The inverse of {@link #toHalves}: from Hugging Face's rotary layout to Meta's. */
  public static float[] toPairs(float[] weight, int heads, int headDim) {
    return permute(weight, heads, headDim, false);
  }

  private static float[] permute(float[] weight, int heads, int headDim, boolean toHalves) {
    int in = weight.length / (heads * headDim);
    int half = headDim / 2;
    float[] out = new float[weight.length];
    for (int h = 0; h < heads; h++) {
      for (int i = 0; i < half; i++) {
        for (int r = 0; r < 2; r++) {
          int pair = (h * headDim + 2 * i + r) * in;
          int halves = (h * headDim + r * half + i) * in;
          System.arraycopy(weight, toHalves ? pair : halves, out, toHalves ? halves : pair, in);
        }
      }
    }
    return out;
  }
}
