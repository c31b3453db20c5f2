package io.llama3v.train.stage;

import java.util.List;

/**
 * Supervised fine-tuning: several runs from the same start, and the uniform average of their weights (a model soup).
 *
 * @param training how each run is trained
 * @param runs what differs from run to run
 */
public record SftSection(TrainingConfig training, List<Run> runs) {
  /** Checks. */
  public SftSection {
    if (training == null) throw new IllegalArgumentException("sft needs 'training'");
    runs = runs == null || runs.isEmpty() ? List.of(new Run(1, 1, 1)) : List.copyOf(runs);
  }

  /**
   * One run.
   *
   * @param learningRate factor on the learning rate
   * @param seed order of the data
   * @param share share of the questions it sees, chosen at random
   */
  public record Run(double learningRate, int seed, double share) {
    /** Fills in defaults. */
    public Run {
      learningRate = Defaults.or(learningRate, 1.0);
      share = Defaults.or(share, 1.0);
    }
  }
}
