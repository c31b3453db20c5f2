package io.llama3v.train.stage;

import io.llama3v.nn.Lora;
import io.llama3v.nn.Module;
import io.llama3v.train.optim.ParameterGroup;
import java.util.List;

/**
 * Low-rank adaptation: the linear layers that match are frozen, and each learns a narrow update, which is added to its weight when
 * the stage ends. See {@link io.llama3v.nn.Lora}.
 *
 * @param match patterns on full names of linear layers (without {@code .weight}), where {@code *} stands for any characters
 * @param rank width of an update; 8 unless told otherwise
 * @param alpha an update counts {@code alpha / rank} times; twice the rank unless told otherwise
 * @param only whether everything else is frozen too, as LoRA is mostly used; true unless told otherwise
 */
public record LoraConfig(List<String> match, int rank, double alpha, Boolean only) {
  /** Fills in defaults and checks. */
  public LoraConfig {
    if (match == null || match.isEmpty()) throw new IllegalArgumentException("lora needs 'match', a list of patterns on names of linear layers");
    match = List.copyOf(match);
    rank = Defaults.or(rank, 8);
    alpha = Defaults.or(alpha, 2.0 * rank);
    only = Defaults.or(only, true);
    Defaults.positive("rank", rank);
    Defaults.positive("alpha", alpha);
  }

  /** Puts the updates into a model and freezes what they take the place of. */
  Lora attach(Module model, long seed) {
    ParameterGroup layers = ParameterGroup.of("lora", match.toArray(String[]::new));
    if (only) model.freeze();
    return Lora.attach(model, layers::matches, rank, alpha, seed);
  }
}
