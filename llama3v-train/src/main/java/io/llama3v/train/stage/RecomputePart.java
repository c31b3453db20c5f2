package io.llama3v.train.stage;

import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.llama.LlamaModel;
import io.llama3v.nn.Module;
import io.llama3v.train.preference.RewardModel;
import io.llama3v.vision.clip.ClipModel;
import java.util.Collection;
import java.util.List;

/** Parts of models whose blocks can be run again in backward instead of keeping their activations. Gradients are the same bits. */
public enum RecomputePart {
  /** Blocks of the image encoder. */
  VISION,
  /** Blocks of CLIP's text encoder. */
  TEXT,
  /** Blocks of the language model, frozen or not. */
  LANGUAGE,
  /** Cross-attention layers. */
  ADAPTERS;

  /**
   * Chooses the parts of a model that are run again; all others keep their activations.
   *
   * @throws IllegalArgumentException if the model has no such part
   */
  static void apply(Module trained, Collection<RecomputePart> chosen) {
    Module model = trained instanceof RewardModel reward ? reward.model() : trained;
    List<RecomputePart> has = of(model);
    for (RecomputePart part : chosen) {
      if (!has.contains(part)) {
        throw new IllegalArgumentException("recompute names the part " + part.name().toLowerCase(java.util.Locale.ROOT) + ", which a "
            + model.getClass().getSimpleName() + " does not have" + (has.isEmpty() ? "" : "; it has " + has));
      }
    }
    if (model instanceof VisionLanguageModel vlm) {
      vlm.vision().recompute(chosen.contains(VISION));
      vlm.language().recomputeSelfAttention(chosen.contains(LANGUAGE));
      vlm.language().recomputeCrossAttention(chosen.contains(ADAPTERS));
    } else if (model instanceof ClipModel clip) {
      clip.vision().recompute(chosen.contains(VISION));
      clip.text().recompute(chosen.contains(TEXT));
    } else if (model instanceof LlamaModel llama) {
      llama.recompute(chosen.contains(LANGUAGE));
    }
  }

  /** The parts that a model has. */
  static List<RecomputePart> of(Module model) {
    if (model instanceof VisionLanguageModel || model instanceof RewardModel) return List.of(VISION, LANGUAGE, ADAPTERS);
    if (model instanceof ClipModel) return List.of(VISION, TEXT);
    return model instanceof LlamaModel ? List.of(LANGUAGE) : List.of();
  }
}
