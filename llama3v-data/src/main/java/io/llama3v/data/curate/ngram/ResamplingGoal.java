package io.llama3v.data.curate.ngram;

/** What decides the threshold T of a {@link ResampleStep}. */
public sealed interface ResamplingGoal {
  /** T itself: MetaCLIP's 20,000 for 400 million texts, 170,000 for 2.5 billion. */
  record Threshold(double value) implements ResamplingGoal {
    /** Checks the threshold. */
    public Threshold {
      if (!(value > 0) || Double.isInfinite(value)) throw new IllegalArgumentException("threshold of " + value + "; expected more than 0");
    }
  }

  /** The T that keeps so many samples on average. */
  record Size(double samples) implements ResamplingGoal {
    /** Checks the size. */
    public Size {
      if (!(samples > 0) || Double.isInfinite(samples)) throw new IllegalArgumentException("target of " + samples + " samples; expected more than 0");
    }
  }

  /** The T below which entries hold this share of all finds: how a threshold is carried from one pool to another. */
  record Tail(double share) implements ResamplingGoal {
    /** Checks the share. */
    public Tail {
      if (!(share > 0 && share < 1)) throw new IllegalArgumentException("tail share of " + share + "; expected between 0 and 1");
    }
  }
}
