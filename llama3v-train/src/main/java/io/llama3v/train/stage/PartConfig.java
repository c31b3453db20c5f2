package io.llama3v.train.stage;

import io.llama3v.train.optim.ParameterGroup;
import java.util.Collection;
import java.util.List;

/**
 * How one part of a model is trained. What is not written is as in the rest of the stage.
 *
 * @param match patterns on full parameter names, where {@code *} stands for any characters; the first part that matches a
 *     parameter decides
 * @param train false freezes the part, true trains it even if the stage would not
 * @param learningRate factor on the stage's learning rate; 0 freezes the part
 * @param weightDecay weight decay of what decays in the part
 * @param schedule learning rate over the steps in absolute numbers, instead of the stage's
 */
public record PartConfig(List<String> match, Boolean train, Double learningRate, Double weightDecay, CurveConfig schedule) {
  /** Checks the values. */
  public PartConfig {
    if (match == null || match.isEmpty()) throw new IllegalArgumentException("a part needs 'match', a list of patterns on parameter names");
    match = List.copyOf(match);
    if (learningRate == null) learningRate = Boolean.FALSE.equals(train) ? 0.0 : 1.0;
    if (!(learningRate >= 0)) throw new IllegalArgumentException("learning_rate " + learningRate + "; expected 0 (frozen) or more");
    if (weightDecay != null && !(weightDecay >= 0)) throw new IllegalArgumentException("weight_decay " + weightDecay + "; expected 0 or more");
    if (Boolean.TRUE.equals(train) && learningRate == 0) {
      throw new IllegalArgumentException("train: true and learning_rate: 0 contradict each other");
    }
    if (Boolean.FALSE.equals(train) || learningRate == 0) {
      if (learningRate > 0) throw new IllegalArgumentException("train: false and a learning_rate contradict each other");
      if (schedule != null || weightDecay != null) {
        throw new IllegalArgumentException("a frozen part has no " + (schedule != null ? "schedule" : "weight_decay"));
      }
    }
  }

  /** A part with another learning rate, 0 to freeze it. */
  public PartConfig(List<String> match, double learningRate) {
    this(match, null, learningRate, null, null);
  }

  /** True if training leaves the part alone. */
  public boolean frozen() {
    return learningRate == 0;
  }

  /** The part as a group of an optimiser whose step 0 is step {@code first} of the stage. */
  ParameterGroup group(String name, long first) {
    return new ParameterGroup(name, match, learningRate, weightDecay, schedule == null ? null : schedule.curve().from(first));
  }

  /**
   * Checks that every pattern is good for something.
   *
   * @throws IllegalArgumentException naming a pattern that no name matches
   */
  void requireMatches(Collection<String> names) {
    for (String pattern : match) {
      ParameterGroup one = ParameterGroup.of("", pattern);
      if (names.stream().noneMatch(one::matches)) {
        throw new IllegalArgumentException("parts: no parameter matches '" + pattern + "'; names look like "
            + names.stream().limit(3).toList() + ", and * stands for any characters");
      }
    }
  }

  /** True if a parameter is of this part, provided that no earlier part claims it. */
  boolean matches(String parameter) {
    return ParameterGroup.of("", match.toArray(String[]::new)).matches(parameter);
  }
}
