package io.llama3v.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llama3v.llama.LlamaConfig;
import io.llama3v.vision.VisionConfig;
import java.util.Arrays;

/**
 * Shape of a vision-language model, as Hugging Face's MllamaForConditionalGeneration stores it.
 *
 * @param vision the vision tower
 * @param text the language model; its {@code layers} counts self-attention layers only
 * @param crossLayers indices of cross-attention layers among all layers, ascending
 * @param imageToken id of {@code <|image|>}
 * @param padToken id that pads sequences
 */
public record MllamaConfig(VisionConfig vision, LlamaConfig text, int[] crossLayers, int imageToken, int padToken) {
  /** Checks that the numbers fit together. */
  public MllamaConfig {
    int all = text.layers() + crossLayers.length;
    for (int i = 0; i < crossLayers.length; i++) {
      if (crossLayers[i] < 0 || crossLayers[i] >= all || i > 0 && crossLayers[i] <= crossLayers[i - 1]) {
        throw new IllegalArgumentException("cross_attention_layers " + Arrays.toString(crossLayers) + "; expected ascending indices below "
            + all + " (the number of all layers)");
      }
    }
    if (imageToken < 0 || imageToken >= text.embeddingRows()) {
      throw new IllegalArgumentException("image_token_index " + imageToken + " is outside the embedding table of "
          + text.embeddingRows() + " rows");
    }
  }

  /**
   * The shape of a new model out of a tower and a Llama.
   *
   * @param every distance of cross-attention layers, counted in self-attention layers
   * @param imageToken id of {@code <|image|>}; negative for the first one after the vocabulary, as in Llama 3.2
   */
  public static MllamaConfig of(VisionConfig vision, LlamaConfig llama, int every, int imageToken, int padToken) {
    // Fresh adapters are drawn for their width: 0.02 is right for thousands of channels and leaves a narrow branch all but silent.
    LlamaConfig text = llama.withEmbeddingRows(llama.vocabSize() + 8).withInitializerRange(1 / Math.sqrt(llama.hiddenSize()));
    return new MllamaConfig(vision, text, CrossAttentionSchedule.every(every, text.layers()), imageToken < 0 ? text.vocabSize() : imageToken,
        padToken);
  }

  /** Number of layers of both kinds. */
  public int totalLayers() {
    return text.layers() + crossLayers.length;
  }

  /** True if layer {@code index} (of all) is a cross-attention layer. */
  public boolean isCross(int index) {
    return Arrays.binarySearch(crossLayers, index) >= 0;
  }

  /** Reads {@code config.json}; absent keys take Hugging Face's defaults, which are those of the 11B model. */
  public static MllamaConfig fromJson(JsonNode json) {
    JsonNode t = json.path("text_config");
    LlamaConfig all = LlamaConfig.fromMllamaTextJson(t);
    JsonNode listed = t.path("cross_attention_layers");
    int[] cross = listed.isArray() ? new int[listed.size()] : new int[] {3, 8, 13, 18, 23, 28, 33, 38};
    for (int i = 0; i < listed.size(); i++) cross[i] = listed.get(i).asInt();
    if (cross.length > all.layers()) {
      throw new IllegalArgumentException(cross.length + " cross-attention layers among num_hidden_layers = " + all.layers());
    }
    return new MllamaConfig(VisionConfig.fromJson(json.path("vision_config")), all.withLayers(all.layers() - cross.length), cross,
        json.path("image_token_index").asInt(128_256), t.path("pad_token_id").asInt(128_004));
  }

  /** As {@code config.json}. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.putArray("architectures").add("MllamaForConditionalGeneration");
    json.put("model_type", "mllama").put("image_token_index", imageToken).put("torch_dtype", "float32");
    ObjectNode t = json.putObject("text_config");
    text.putShape(t);
    t.put("model_type", "mllama_text_model").put("num_hidden_layers", totalLayers()).put("pad_token_id", padToken);
    ArrayNode cross = t.putArray("cross_attention_layers");
    for (int layer : crossLayers) cross.add(layer);
    json.set("vision_config", vision.toJson());
    return json;
  }
}
