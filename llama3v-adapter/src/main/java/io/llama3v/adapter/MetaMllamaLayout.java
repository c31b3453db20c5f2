package io.llama3v.adapter;

import io.llama3v.io.WeightSource;
import io.llama3v.llama.LlamaConfig;
import io.llama3v.llama.MetaLlamaLayout;
import io.llama3v.nn.WeightLayout;
import java.io.IOException;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Meta's names for the weights of Llama 3.2 Vision. Besides the names, these differ: queries and keys of self-attention (not of
 * cross-attention or of the vision tower) are in Meta's rotary layout, see {@link MetaLlamaLayout}; tile embeddings are one grid, see
 * {@link MetaTileGrid}; the eight rows after the vocabulary are a table of their own; gates may have many elements of which the first
 * counts; self- and cross-attention layers are counted apart.
 */
public final class MetaMllamaLayout implements WeightLayout {
  private static final Pattern TEXT_LAYER = Pattern.compile("language_model\\.model\\.layers\\.(\\d+)\\.(.+)");
  private static final Pattern VISION_LAYER = Pattern.compile("vision_model\\.((?:global_)?transformer)\\.layers\\.(\\d+)\\.(.+)");
  private static final String VISION = "vision_model.vision_encoder.";
  private static final String EMBEDDING = "language_model.model.embed_tokens.weight";
  /** Meta's name of the embedding rows after the vocabulary. */
  public static final String LEARNABLE = "text_model.learnable_embedding.weight";

  private final MllamaConfig config;
  private final MetaTileGrid grid;

  /** The layout of one model. */
  public MetaMllamaLayout(MllamaConfig config) {
    this.config = config;
    this.grid = MetaTileGrid.of(config.vision());
  }

  @Override
  public float[] read(WeightSource source, String name, long[] shape, Set<String> used) throws IOException {
    String meta = metaName(name);
    if (meta == null || !source.contains(meta)) return null;
    used.add(meta);
    // A buffer in some files: the frequencies follow from the configuration.
    for (String other : source.names()) if (other.endsWith("rope.freqs")) used.add(other);
    float[] values = source.readFloats(meta);
    LlamaConfig text = config.text();
    if (isTileTable(name)) return grid.toTable(values);
    if (name.endsWith("self_attn.q_proj.weight") && isText(name)) return MetaLlamaLayout.toHalves(values, text.heads(), text.headDim());
    if (name.endsWith("self_attn.k_proj.weight") && isText(name)) return MetaLlamaLayout.toHalves(values, text.kvHeads(), text.headDim());
    if (name.equals(EMBEDDING)) return withLearnable(values, source, used);
    if (isGate(name)) return Arrays.copyOf(values, Math.min(1, values.length));
    return values;
  }

  private static float[] withLearnable(float[] vocabulary, WeightSource source, Set<String> used) throws IOException {
    if (!source.contains(LEARNABLE)) return vocabulary;
    used.add(LEARNABLE);
    float[] extra = source.readFloats(LEARNABLE);
    float[] all = Arrays.copyOf(vocabulary, Math.addExact(vocabulary.length, extra.length));
    System.arraycopy(extra, 0, all, vocabulary.length, extra.length);
    return all;
  }

  /** True for a parameter of the language model. */
  public static boolean isText(String name) {
    return name.startsWith("language_model.");
  }

  /** True for a table with one row an arrangement of tiles. */
  public static boolean isTileTable(String name) {
    return name.endsWith("tile_embedding.weight") || name.endsWith("tile_positional_embedding.embedding.weight");
  }

  private static boolean isGate(String name) {
    String last = name.substring(name.lastIndexOf('.') + 1);
    return last.equals("gate") || last.startsWith("gate_") || last.endsWith("_gate");
  }

  /** Meta's name of one of our parameters, or null if it has none; of the embedding table's, the part that is the vocabulary. */
  public String metaName(String name) {
    switch (name) {
      case EMBEDDING:
        return "text_model.tok_embeddings.weight";
      case "language_model.model.norm.weight":
        return "text_model.norm.weight";
      case "language_model.lm_head.weight":
        return "text_model.output.weight";
      case "vision_model.class_embedding":
        return VISION + "class_embedding";
      case "vision_model.patch_embedding.weight":
        return VISION + "conv1._linear.weight";
      case "vision_model.gated_positional_embedding.gate":
        return VISION + "gated_positional_embedding_gate";
      case "vision_model.gated_positional_embedding.embedding":
        return VISION + "positional_embedding";
      case "vision_model.gated_positional_embedding.tile_embedding.weight":
        return VISION + "gated_positional_embedding";
      default:
    }
    if (name.startsWith("multi_modal_projector.")) return name.replace("multi_modal_projector", "vision_model.vision_projection");
    if (name.startsWith("vision_model.layernorm_")) return name.replace("vision_model.layernorm_", VISION + "ln_");
    for (String place : new String[] {"pre", "post"}) {
      String ours = "vision_model." + place + "_tile_positional_embedding.";
      if (name.equals(ours + "gate")) return VISION + place + "_tile_pos_embed.gate";
      if (name.equals(ours + "embedding.weight")) return VISION + place + "_tile_pos_embed.embedding";
    }
    Matcher block = VISION_LAYER.matcher(name);
    if (block.matches()) return visionName(block.group(1) + ".resblocks." + block.group(2) + ".", block.group(3));
    Matcher layer = TEXT_LAYER.matcher(name);
    return layer.matches() ? textName(Integer.parseInt(layer.group(1)), layer.group(2)) : null;
  }

  private static String visionName(String block, String part) {
    if (part.startsWith("gate_")) return VISION + block + part;
    int dot = part.lastIndexOf('.');
    String meta = dot < 0 ? null : switch (part.substring(0, dot)) {
      case "self_attn.q_proj" -> "attn.wq";
      case "self_attn.k_proj" -> "attn.wk";
      case "self_attn.v_proj" -> "attn.wv";
      case "self_attn.o_proj" -> "attn.wo";
      case "mlp.fc1" -> "mlp.c_fc";
      case "mlp.fc2" -> "mlp.c_proj";
      case "input_layernorm" -> "ln_1";
      case "post_attention_layernorm" -> "ln_2";
      default -> null;
    };
    return meta == null ? null : VISION + block + meta + part.substring(dot);
  }

  private String textName(int index, String part) {
    int place = Arrays.binarySearch(config.crossLayers(), index);
    if (place < 0) {
      int before = -place - 1;
      String meta = part.endsWith(".weight") ? MetaLlamaLayout.blockPart(part.substring(0, part.length() - ".weight".length())) : null;
      return meta == null ? null : "text_model.layers." + (index - before) + "." + meta + ".weight";
    }
    String layer = "text_model.cross_attention_layers." + place + ".";
    if (part.equals("cross_attn_attn_gate")) return layer + "gate_attn";
    if (part.equals("cross_attn_mlp_gate")) return layer + "gate_ffwd";
    if (!part.endsWith(".weight")) return null;
    String base = part.substring(0, part.length() - ".weight".length());
    String meta = switch (base) {
      case "cross_attn.q_norm" -> "attention.q_norm";
      case "cross_attn.k_norm" -> "attention.k_norm";
      default -> MetaLlamaLayout.blockPart(base.replace("cross_attn.", "self_attn."));
    };
    return meta == null ? null : layer + meta + ".weight";
  }
}
