package io.llama3v.train.estimate;

import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.nn.Module;
import io.llama3v.tensor.Parameter;
import io.llama3v.train.preference.RewardModel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The parts of a model that people ask about, and their weights. */
public final class ModelParts {
  private ModelParts() {}

  /**
   * A part.
   *
   * @param name in words
   * @param weights all of them
   * @param trained those that the stage trains
   */
  public record Part(String name, long weights, long trained) {
    /** Those that the stage leaves alone. */
    public long frozen() {
      return weights - trained;
    }
  }

  /** Every parameter belongs to one part. */
  public static List<Part> of(Module model) {
    Set<Integer> cross = new TreeSet<>();
    Module inner = model instanceof RewardModel reward ? reward.model() : model;
    if (inner instanceof VisionLanguageModel vlm) for (int layer : vlm.config().crossLayers()) cross.add(layer);
    Map<String, long[]> sums = new LinkedHashMap<>();
    model.parameters().forEach((name, parameter) -> add(sums.computeIfAbsent(part(name, cross), key -> new long[2]), parameter));
    List<Part> parts = new ArrayList<>();
    sums.forEach((name, sum) -> parts.add(new Part(name, sum[0], sum[1])));
    return parts;
  }

  private static void add(long[] sum, Parameter parameter) {
    sum[0] += parameter.elements();
    if (parameter.isTrainable()) sum[1] += parameter.elements();
  }

  private static String part(String name, Set<Integer> cross) {
    if (name.contains(".lora_")) return "low-rank updates";
    if (name.startsWith("vision_model.global_transformer.")) return "image encoder, global layers";
    if (name.startsWith("vision_model.")) return "image encoder";
    if (name.startsWith("multi_modal_projector.")) return "projector";
    if (name.startsWith("text_model.")) return "text encoder";
    if (name.startsWith("score.")) return "reward head";
    if (name.startsWith("visual_projection") || name.startsWith("text_projection") || name.equals("logit_scale")) return "projections";
    String inner = name.startsWith("language_model.") ? name.substring("language_model.".length()) : name;
    if (inner.startsWith("model.layers.")) {
      int layer = Integer.parseInt(inner.substring("model.layers.".length(), inner.indexOf('.', "model.layers.".length())));
      return cross.contains(layer) ? "cross-attention layers" : "language model, layers";
    }
    return "language model, embeddings and head";
  }
}
