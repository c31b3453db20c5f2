package io.llama3v.vision.clip;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llama3v.backend.UnaryOp;
import io.llama3v.vision.ActivationNames;
import io.llama3v.vision.BlockShape;
import io.llama3v.vision.ConfigReader;

/**
 * Shape of CLIP's text tower.
 *
 * @param vocabSize rows of the token table
 * @param hiddenSize width of the residual stream
 * @param intermediateSize inner width of the MLP
 * @param layers number of blocks
 * @param heads attention heads
 * @param maxPositions longest text, in tokens
 * @param activation of the MLP
 * @param layerNormEps ε of the layer norms
 * @param bosTokenId id that begins a text
 * @param eosTokenId id that ends one, whose first position is pooled; {@value #LEGACY_EOS} means the position of the largest id
 */
public record ClipTextConfig(int vocabSize, int hiddenSize, int intermediateSize, int layers, int heads, int maxPositions,
    UnaryOp activation, double layerNormEps, int bosTokenId, int eosTokenId) {
  /** What old configurations say, wrongly, of a vocabulary in which the end of text is the last id. */
  public static final int LEGACY_EOS = 2;

  /** Checks that the sizes fit together. */
  public ClipTextConfig {
    if (vocabSize < 1 || maxPositions < 1) {
      throw new IllegalArgumentException("CLIP text tower: " + vocabSize + " ids and " + maxPositions + " positions; expected at least 1");
    }
    shape(hiddenSize, heads, intermediateSize, activation, layerNormEps, layers);
  }

  /** Reads {@code text_config}; absent keys take the defaults of Hugging Face's CLIPTextConfig. */
  static ClipTextConfig fromHuggingFace(ConfigReader c) {
    int most = Integer.MAX_VALUE;
    return new ClipTextConfig(c.size("vocab_size", 49_408), c.size("hidden_size", 512), c.size("intermediate_size", 2048),
        c.layers("num_hidden_layers", 12), c.size("num_attention_heads", 8), c.size("max_position_embeddings", 77),
        c.activation("hidden_act", UnaryOp.QUICK_GELU), c.number("layer_norm_eps", 1e-5),
        c.integer("bos_token_id", 49_406, 0, most), c.integer("eos_token_id", 49_407, 0, most));
  }

  /** Reads OpenCLIP's {@code text_cfg}; absent keys take OpenCLIP's defaults. */
  static ClipTextConfig fromOpenClip(ConfigReader c, UnaryOp activation) {
    for (String key : new String[] {"hf_model_name", "no_causal_mask", "embed_cls", "proj_bias", "ls_init_value", "norm_kwargs", "act_kwargs"}) {
      boolean off = c.value(key) == null || c.value(key).isBoolean() && !c.value(key).asBoolean();
      if (!off) throw c.wrong(key, "none: only OpenCLIP's plain causal text transformer is supported");
    }
    String pool = c.text("pool_type", "argmax");
    if (!pool.equals("argmax") && !pool.equals("eos")) throw c.wrong("pool_type", "\"argmax\" or \"eos\"");
    int width = c.size("width", 512);
    int vocabulary = c.size("vocab_size", 49_408);
    int eos = pool.equals("argmax") ? LEGACY_EOS : c.integer("eos_id", LEGACY_EOS, 0, Integer.MAX_VALUE);
    return new ClipTextConfig(vocabulary, width, (int) (width * c.number("mlp_ratio", 4)), c.layers("layers", 12),
        c.size("heads", 8), c.size("context_length", 77), activation, 1e-5, Math.max(0, vocabulary - 2), eos);
  }

  BlockShape shape() {
    return shape(hiddenSize, heads, intermediateSize, activation, layerNormEps, layers);
  }

  private static BlockShape shape(int width, int heads, int hidden, UnaryOp activation, double epsilon, int layers) {
    return new BlockShape(width, heads, hidden, activation, epsilon, true, layers);
  }

  /**
   * The position that is pooled of each text: the first end of text, or the first of the largest ids under {@link #LEGACY_EOS}.
   * A text without an end is pooled at position 0, as in Hugging Face's model.
   *
   * @param ids row-major [texts, length]
   */
  int[] pooledPositions(int[] ids, int length) {
    int[] positions = new int[ids.length / length];
    for (int row = 0; row < positions.length; row++) {
      int best = 0;
      for (int t = 0; t < length; t++) {
        int id = ids[row * length + t];
        if (eosTokenId == LEGACY_EOS) {
          if (id > ids[row * length + best]) best = t;
        } else if (id == eosTokenId) {
          best = t;
          break;
        }
      }
      positions[row] = best;
    }
    return positions;
  }

  ObjectNode toJson(int projectionDim) {
    ObjectNode j = JsonNodeFactory.instance.objectNode();
    j.put("model_type", "clip_text_model").put("vocab_size", vocabSize).put("hidden_size", hiddenSize);
    j.put("intermediate_size", intermediateSize).put("num_hidden_layers", layers).put("num_attention_heads", heads);
    j.put("max_position_embeddings", maxPositions).put("hidden_act", ActivationNames.of(activation));
    j.put("layer_norm_eps", layerNormEps).put("bos_token_id", bosTokenId).put("eos_token_id", eosTokenId);
    return j.put("projection_dim", projectionDim);
  }

  ObjectNode toOpenClipJson() {
    ObjectNode j = JsonNodeFactory.instance.objectNode();
    j.put("context_length", maxPositions).put("vocab_size", vocabSize).put("width", hiddenSize).put("heads", heads);
    j.put("layers", layers).put("mlp_ratio", ClipVisionConfig.ratio(intermediateSize, hiddenSize));
    if (eosTokenId != LEGACY_EOS) j.put("pool_type", "eos").put("eos_id", eosTokenId);
    return j;
  }
}
