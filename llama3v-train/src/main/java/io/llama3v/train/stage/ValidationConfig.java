package io.llama3v.train.stage;

/**
 * What the runs of fine-tuning and their averages are scored on. Twice {@code samples} are taken: the first half ranks, the second
 * compares the result with the best single run, so that what was chosen is not measured by what it was chosen on.
 *
 * @param shards pattern of tar shards; the corpus' validation questions unless told otherwise
 * @param samples samples that rank; 200 unless told otherwise
 * @param score what is measured
 */
public record ValidationConfig(String shards, int samples, Score score) {
  /** What is measured. */
  public enum Score {
    /** Part of the questions answered right, 1 being best. */
    ANSWERS,
    /** Loss of the assistant's turns by token, negative, 0 being best. */
    LOSS
  }

  /** Fills in defaults and checks. */
  public ValidationConfig {
    samples = Defaults.or(samples, 200);
    Defaults.positive("samples", samples);
    score = Defaults.or(score, Score.ANSWERS);
  }
}
