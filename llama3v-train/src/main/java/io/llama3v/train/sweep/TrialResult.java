package io.llama3v.train.sweep;

/**
 * What came of a trial.
 *
 * @param trial   its settings
 * @param score   higher is better; NaN if it failed
 * @param seconds wall time of training and scoring
 * @param failure why it has no score; empty if it has one
 */
public record TrialResult(Trial trial, double score, double seconds, String failure) {
  /** True if it can be ranked. */
  public boolean scored() {
    return failure.isEmpty();
  }
}
