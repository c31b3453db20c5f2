package io.llama3v.train.stage;

import java.util.List;

/**
 * How one part of a model is trained.
 *
 * @param match patterns on full parameter names, where {@code *} stands for any characters; the first part that matches a
 *     parameter decides
 * @param learningRate factor on the stage's learning rate; 0 freezes the part
 */
public record PartConfig(List<String> match, double learningRate) {
  /** Checks the values. */
  public PartConfig {
    if (match == null || match.isEmpty()) throw new IllegalArgumentException("a part needs 'match', a list of patterns on parameter names");
    match = List.copyOf(match);
    if (learningRate < 0) throw new IllegalArgumentException("learning_rate " + learningRate + "; expected 0 (frozen) or more");
  }
}
