package io.llama3v.train.stage;

/**
 * Pairs of a right and a wrong answer out of the corpus' questions, for those who bring no preferences of people.
 *
 * @param pairs for training
 * @param validation pairs that are held out
 */
public record PreferencesSection(int pairs, int validation) {
  /** Fills in defaults and checks. */
  public PreferencesSection {
    pairs = Defaults.or(pairs, 2000);
    validation = Defaults.or(validation, 200);
    Defaults.positive("pairs", pairs);
    Defaults.positive("validation", validation);
  }
}
