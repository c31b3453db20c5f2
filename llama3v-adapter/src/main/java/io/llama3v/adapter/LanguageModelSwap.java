package io.llama3v.adapter;

import io.llama3v.io.Json;
import io.llama3v.io.ShardedWeights;
import io.llama3v.io.WeightSource;
import io.llama3v.llama.LlamaConfig;
import io.llama3v.nn.Weights;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

/**
 * Puts the weights of another Llama of the same shape in the place of a vision-language model's own, as Llama 3 does before
 * fine-tuning: the adapters were trained with the base model, and go on with the instruction-tuned one. Weights are read from the
 * file into the parameters that are there, so that there are never two language models in memory. Adapters, vision tower, and the
 * embedding rows beyond the vocabulary (the image token's) stay.
 */
final class LanguageModelSwap {
  private LanguageModelSwap() {}

  /**
   * Reads the weights.
   *
   * @return the shape of the new language model, with its own tokens for begin and end
   * @throws IllegalArgumentException listing what differs in the shapes, or which tensors are missing or left over; nothing is
   *     changed then
   */
  static LlamaConfig read(Path folder, MllamaConfig config, AdaptedLanguageModel language) throws IOException {
    LlamaConfig other = LlamaConfig.fromJson(Json.read(folder.resolve("config.json")));
    requireSameShape(folder, config.text(), other);
    Map<String, Parameter> targets = targets(config, language, other.tied());
    try (WeightSource source = ShardedWeights.open(folder)) {
      check(source, targets, other.tied());
      for (Map.Entry<String, Parameter> target : targets.entrySet()) Weights.read(source, target.getKey(), target.getValue());
      if (other.tied()) Weights.read(source, "model.embed_tokens.weight", language.head());
    }
    return config.text().withTokens(other.bosToken(), other.eosToken(), other.furtherEos());
  }

  private static void requireSameShape(Path folder, LlamaConfig own, LlamaConfig other) {
    List<String> differences = new ArrayList<>();
    compare(differences, "vocab_size", own.vocabSize(), other.vocabSize());
    compare(differences, "hidden_size", own.hiddenSize(), other.hiddenSize());
    compare(differences, "intermediate_size", own.intermediateSize(), other.intermediateSize());
    compare(differences, "num_hidden_layers", own.layers(), other.layers());
    compare(differences, "num_attention_heads", own.heads(), other.heads());
    compare(differences, "num_key_value_heads", own.kvHeads(), other.kvHeads());
    compare(differences, "head_dim", own.headDim(), other.headDim());
    compare(differences, "rms_norm_eps", own.rmsNormEps(), other.rmsNormEps());
    compare(differences, "rope_theta", own.ropeTheta(), other.ropeTheta());
    compare(differences, "rope_scaling", own.ropeScaling(), other.ropeScaling());
    if (differences.isEmpty()) return;
    throw new IllegalArgumentException(folder + " cannot take the place of the language model; its shape differs: "
        + String.join(", ", differences) + ". Choose a model of the same family and size");
  }

  private static void compare(List<String> differences, String key, Object own, Object other) {
    if (!Objects.equals(own, other)) differences.add(key + " is " + other + " and should be " + own);
  }

  /** Parameters by their names in a LlamaForCausalLM, which counts self-attention layers only. */
  private static Map<String, Parameter> targets(MllamaConfig config, AdaptedLanguageModel language, boolean tied) {
    Map<String, Parameter> targets = new LinkedHashMap<>();
    language.parameters().forEach((name, parameter) -> {
      String prefix = "model.layers.";
      if (!name.startsWith(prefix)) {
        if (!tied || !name.equals("lm_head.weight")) targets.put(name, parameter);
        return;
      }
      int dot = name.indexOf('.', prefix.length());
      int layer = Integer.parseInt(name.substring(prefix.length(), dot));
      if (config.isCross(layer)) return;
      long crossBefore = Arrays.stream(config.crossLayers()).filter(cross -> cross < layer).count();
      targets.put(prefix + (layer - crossBefore) + name.substring(dot), parameter);
    });
    return targets;
  }

  private static void check(WeightSource source, Map<String, Parameter> targets, boolean tied) throws IOException {
    List<String> problems = new ArrayList<>();
    TreeSet<String> left = new TreeSet<>(source.names());
    for (Map.Entry<String, Parameter> target : targets.entrySet()) {
      if (!left.remove(target.getKey())) {
        problems.add("missing " + target.getKey());
        continue;
      }
      long[] found = source.info(target.getKey()).shape();
      long[] wanted = target.getValue().shape();
      // The embedding table has rows beyond the vocabulary, for the image token; they stay.
      if (target.getKey().equals("model.embed_tokens.weight") && found.length == 2) wanted[0] = Math.min(wanted[0], found[0]);
      if (!Arrays.equals(found, wanted)) problems.add(target.getKey() + " has shape " + Shape.text(found) + "; expected " + Shape.text(wanted));
    }
    left.removeIf(name -> name.endsWith(".position_ids") || name.endsWith("rotary_emb.inv_freq") || tied && name.equals("lm_head.weight"));
    left.forEach(name -> problems.add("left over " + name));
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(source.describe() + " cannot take the place of the language model (" + problems.size()
          + " problems):\n  " + String.join("\n  ", problems.subList(0, Math.min(12, problems.size()))));
    }
  }
}
