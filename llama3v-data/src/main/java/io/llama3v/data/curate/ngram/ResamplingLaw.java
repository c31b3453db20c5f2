package io.llama3v.data.curate.ngram;

/** With which probability an entry that stands in f texts draws one of them, given the threshold T: {@code min(1, (T/f)^a)}. */
public enum ResamplingLaw {
  /** a = 1: of a frequent entry T texts are drawn on average (MetaCLIP). */
  RECIPROCAL(1),
  /** a = 1/2: a gentler slope that keeps more of the frequent entries (Llama 3, after Mikolov's subsampling of words). */
  SQUARE_ROOT(0.5);

  private final double exponent;

  ResamplingLaw(double exponent) {
    this.exponent = exponent;
  }

  /** The a of the formula. */
  public double exponent() {
    return exponent;
  }

  /** {@code min(1, (T/f)^a)}; 1 where the entry stands nowhere. */
  public double probability(double threshold, long count) {
    if (count <= threshold) return 1;
    double ratio = threshold / count;
    return this == RECIPROCAL ? ratio : Math.sqrt(ratio);
  }
}
