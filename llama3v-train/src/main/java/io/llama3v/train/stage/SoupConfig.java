package io.llama3v.train.stage;

/**
 * How the runs of fine-tuning become one model. Averages are scored on the validation data; the best is the stage's result, and that
 * may be a single run.
 *
 * @param most largest number of runs in a uniform soup; all unless told otherwise
 * @param greedy whether a greedy soup is tried too; true unless told otherwise
 */
public record SoupConfig(int most, Boolean greedy) {
  /** Fills in defaults and checks. */
  public SoupConfig {
    greedy = Defaults.or(greedy, true);
    if (most < 0) throw new IllegalArgumentException("most " + most + "; expected a number of runs");
  }
}
