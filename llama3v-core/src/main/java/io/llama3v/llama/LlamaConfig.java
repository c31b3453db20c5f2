package io.llama3v.llama;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Shape of a Llama language model, under the names of Hugging Face's {@code config.json}.
 *
 * @param vocabSize rows of the output head
 * @param embeddingRows rows of the embedding table: {@code vocabSize}, or 8 more in Llama 3.2 Vision
 * @param hiddenSize width of the residual stream
 * @param intermediateSize inner width of the MLP
 * @param layers number of self-attention blocks
 * @param heads query heads
 * @param kvHeads key and value heads; divides {@code heads}
 * @param headDim width of a head
 * @param rmsNormEps ε of every RMS norm
 * @param ropeTheta base of the rotary frequencies
 * @param ropeScaling long-context scaling, or null
 * @param tied whether the output head is the embedding table
 * @param bosToken id that begins a text
 * @param eosToken id that ends one
 * @param initializerRange standard deviation of fresh weights
 * @param furtherEos other ids at which generation ends, such as the end of a turn, which instruction-tuned models list beside the end of a
 *     text; kept for those who read the saved model
 */
public record LlamaConfig(int vocabSize, int embeddingRows, int hiddenSize, int intermediateSize, int layers, int heads, int kvHeads,
    int headDim, double rmsNormEps, double ropeTheta, RopeScaling ropeScaling, boolean tied, int bosToken, int eosToken,
    double initializerRange, List<Integer> furtherEos) {

  /** Checks that the numbers fit together. */
  public LlamaConfig {
    require(vocabSize > 0 && embeddingRows >= vocabSize, "vocab_size " + vocabSize + " with " + embeddingRows + " embedding rows");
    require(hiddenSize > 0 && intermediateSize > 0 && layers >= 0, "hidden_size " + hiddenSize + ", intermediate_size "
        + intermediateSize + ", num_hidden_layers " + layers);
    require(heads > 0 && kvHeads > 0 && heads % kvHeads == 0, kvHeads + " key heads for " + heads + " query heads; they must divide");
    require(headDim > 0 && headDim % 2 == 0, "head_dim " + headDim + "; it must be even");
    furtherEos = List.copyOf(furtherEos);
  }

  /** A model whose texts end with one token. */
  public LlamaConfig(int vocabSize, int embeddingRows, int hiddenSize, int intermediateSize, int layers, int heads, int kvHeads, int headDim,
      double rmsNormEps, double ropeTheta, RopeScaling ropeScaling, boolean tied, int bosToken, int eosToken, double initializerRange) {
    this(vocabSize, embeddingRows, hiddenSize, intermediateSize, layers, heads, kvHeads, headDim, rmsNormEps, ropeTheta, ropeScaling, tied,
        bosToken, eosToken, initializerRange, List.of());
  }

  private static void require(boolean ok, String what) {
    if (!ok) throw new IllegalArgumentException("not a Llama configuration: " + what);
  }

  /**
   * A small model with Llama 3's conventions: θ = 500,000, ε = 1e-5, no scaling. Fresh weights have a standard deviation of
   * {@code 1/√hidden}, which is about the 0.02 of large models at their width.
   */
  public static LlamaConfig small(int vocabSize, int hiddenSize, int intermediateSize, int layers, int heads, int kvHeads, boolean tied,
      int bosToken, int eosToken) {
    return new LlamaConfig(vocabSize, vocabSize, hiddenSize, intermediateSize, layers, heads, kvHeads, hiddenSize / heads, 1e-5, 500_000,
        null, tied, bosToken, eosToken, 1 / Math.sqrt(hiddenSize));
  }

  /** Reads a LlamaForCausalLM {@code config.json}; keys that are absent take Hugging Face's defaults. */
  public static LlamaConfig fromJson(JsonNode json) {
    return read(json, new Defaults(32_000, 4096, 11_008, 32, 32, 0, 1e-6, 10_000, 1, 2));
  }

  /**
   * Reads the {@code text_config} of Mllama, whose defaults differ and whose {@code num_hidden_layers} counts cross-attention
   * layers too.
   */
  public static LlamaConfig fromMllamaTextJson(JsonNode json) {
    LlamaConfig c = read(json, new Defaults(128_256, 4096, 14_336, 40, 32, 8, 1e-5, 500_000, 128_000, 128_001));
    return c.withEmbeddingRows(c.vocabSize + 8);
  }

  private record Defaults(int vocab, int hidden, int intermediate, int layers, int heads, int kvHeads, double epsilon, double theta,
      int bos, int eos) {}

  private static LlamaConfig read(JsonNode j, Defaults d) {
    int hidden = j.path("hidden_size").asInt(d.hidden);
    int heads = j.path("num_attention_heads").asInt(d.heads);
    require(heads > 0, "num_attention_heads " + heads);
    // Since version 5 transformers keeps base and scaling of the rotary frequencies together, under another key.
    JsonNode rope = j.path("rope_parameters");
    JsonNode theta = j.path("rope_theta").isNumber() ? j.path("rope_theta") : rope.path("rope_theta");
    JsonNode scaling = j.path("rope_scaling").isObject() ? j.path("rope_scaling") : rope;
    int kvHeads = j.path("num_key_value_heads").asInt(d.kvHeads == 0 ? heads : d.kvHeads);
    int vocab = j.path("vocab_size").asInt(d.vocab);
    String act = j.path("hidden_act").asText(j.path("hidden_activation").asText("silu"));
    require(act.equals("silu"), "hidden_act '" + act + "'; only silu is Llama's");
    require(!j.path("attention_bias").asBoolean(false) && !j.path("mlp_bias").asBoolean(false), "attention_bias or mlp_bias is true");
    return new LlamaConfig(vocab, vocab, hidden, j.path("intermediate_size").asInt(d.intermediate),
        j.path("num_hidden_layers").asInt(d.layers), heads, kvHeads, j.path("head_dim").asInt(hidden / heads),
        j.path("rms_norm_eps").asDouble(d.epsilon), theta.asDouble(d.theta), scaling(scaling),
        j.path("tie_word_embeddings").asBoolean(false), first(j.path("bos_token_id"), d.bos), first(j.path("eos_token_id"), d.eos),
        j.path("initializer_range").asDouble(0.02), further(j.path("eos_token_id")));
  }

  /** All but the first of a list of ids. */
  private static List<Integer> further(JsonNode ids) {
    List<Integer> further = new ArrayList<>();
    for (int i = 1; ids.isArray() && i < ids.size(); i++) further.add(ids.get(i).asInt());
    return further;
  }

  private static int first(JsonNode id, int fallback) {
    return id.isArray() && !id.isEmpty() ? id.get(0).asInt() : id.asInt(fallback);
  }

  private static RopeScaling scaling(JsonNode s) {
    if (!s.isObject()) return null;
    String type = s.path("rope_type").asText(s.path("type").asText("default"));
    if (type.equals("default")) return null;
    require(type.equals("llama3"), "rope_scaling of type '" + type + "'; llama3 and default are supported");
    for (String key : new String[] {"factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings"}) {
      require(s.path(key).isNumber(), "rope_scaling without '" + key + "'");
    }
    return new RopeScaling(s.get("factor").asDouble(), s.get("low_freq_factor").asDouble(), s.get("high_freq_factor").asDouble(),
        s.get("original_max_position_embeddings").asInt());
  }

  /** The same with another number of embedding rows. */
  public LlamaConfig withEmbeddingRows(int rows) {
    return new LlamaConfig(vocabSize, rows, hiddenSize, intermediateSize, layers, heads, kvHeads, headDim, rmsNormEps, ropeTheta,
        ropeScaling, tied, bosToken, eosToken, initializerRange, furtherEos);
  }

  /** The same with another standard deviation of fresh weights. */
  public LlamaConfig withInitializerRange(double deviation) {
    return new LlamaConfig(vocabSize, embeddingRows, hiddenSize, intermediateSize, layers, heads, kvHeads, headDim, rmsNormEps, ropeTheta,
        ropeScaling, tied, bosToken, eosToken, deviation, furtherEos);
  }

  /** The same with another number of layers. */
  public LlamaConfig withLayers(int count) {
    return new LlamaConfig(vocabSize, embeddingRows, hiddenSize, intermediateSize, count, heads, kvHeads, headDim, rmsNormEps, ropeTheta,
        ropeScaling, tied, bosToken, eosToken, initializerRange, furtherEos);
  }

  /** The same with other tokens that begin a text and end one. */
  public LlamaConfig withTokens(int begin, int end, List<Integer> furtherEnds) {
    return new LlamaConfig(vocabSize, embeddingRows, hiddenSize, intermediateSize, layers, heads, kvHeads, headDim, rmsNormEps, ropeTheta,
        ropeScaling, tied, begin, end, initializerRange, furtherEnds);
  }

  /** Writes {@code eos_token_id}: one id, or a list if generation ends at several. */
  public void putEos(ObjectNode j) {
    if (furtherEos.isEmpty()) {
      j.put("eos_token_id", eosToken);
      return;
    }
    ArrayNode ids = j.putArray("eos_token_id").add(eosToken);
    furtherEos.forEach(ids::add);
  }

  /** As a LlamaForCausalLM {@code config.json}. */
  public ObjectNode toJson() {
    ObjectNode j = JsonNodeFactory.instance.objectNode();
    j.putArray("architectures").add("LlamaForCausalLM");
    j.put("model_type", "llama");
    putShape(j);
    j.put("tie_word_embeddings", tied);
    return j;
  }

  /** Writes the keys that LlamaForCausalLM and Mllama's text_config share. */
  public void putShape(ObjectNode j) {
    j.put("vocab_size", vocabSize).put("hidden_size", hiddenSize).put("intermediate_size", intermediateSize);
    j.put("num_hidden_layers", layers).put("num_attention_heads", heads).put("num_key_value_heads", kvHeads).put("head_dim", headDim);
    j.put("hidden_act", "silu").put("rms_norm_eps", rmsNormEps).put("rope_theta", ropeTheta).put("max_position_embeddings", 131_072);
    j.put("bos_token_id", bosToken);
    putEos(j);
    j.put("initializer_range", initializerRange);
    j.put("attention_bias", false).put("mlp_bias", false).put("torch_dtype", "float32");
    if (ropeScaling != null) {
      j.putObject("rope_scaling").put("rope_type", "llama3").put("factor", ropeScaling.factor())
          .put("low_freq_factor", ropeScaling.lowFreqFactor()).put("high_freq_factor", ropeScaling.highFreqFactor())
          .put("original_max_position_embeddings", ropeScaling.originalContext());
    }
  }
}
