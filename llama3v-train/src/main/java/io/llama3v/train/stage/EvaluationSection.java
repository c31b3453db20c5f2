package io.llama3v.train.stage;

/**
 * What is measured at the end, and how much must be reached.
 *
 * @param candidates captions that a picture is matched against; retrieval goes over as many groups of so many as its set has
 * @param questionsPerKind held-out questions of each kind
 * @param captions pictures that are described
 * @param bars what must be reached; absent bars are not checked
 */
public record EvaluationSection(int candidates, int questionsPerKind, int captions, Bars bars) {
  /** Fills in defaults and checks. */
  public EvaluationSection {
    candidates = Defaults.or(candidates, 200);
    questionsPerKind = Defaults.or(questionsPerKind, 100);
    captions = Defaults.or(captions, 50);
    Defaults.positive("candidates", candidates);
    Defaults.positive("questions_per_kind", questionsPerKind);
    Defaults.positive("captions", captions);
    bars = Defaults.or(bars, new Bars(0, 0, 0, 0, 0));
  }

  /**
   * Targets; 0 means none.
   *
   * @param concepts retrieval R@1 on held-out concepts, as a multiple of chance
   * @param family retrieval R@1 on the held-out family, as a multiple of chance
   * @param colour points of accuracy above the blind baseline
   * @param corner points of accuracy above the blind baseline
   * @param count points of accuracy above the blind baseline
   */
  public record Bars(double concepts, double family, double colour, double corner, double count) {}
}
