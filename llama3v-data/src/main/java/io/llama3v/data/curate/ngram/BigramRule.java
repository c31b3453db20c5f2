package io.llama3v.data.curate.ngram;

/**
 * Which bigrams of the reference text become entries, by pointwise mutual information
 * {@code PMI(a, b) = log2(c(ab) N / (c(a) c(b)))}, N tokens in all.
 *
 * <p>A bigram that was seen m times has {@code PMI <= log2(N / m)}, since c(a) and c(b) are at least m. A fixed threshold therefore
 * selects nothing at all in a small reference text (30 needs N &gt; 10^9); the two other rules scale with it.
 */
public sealed interface BigramRule {
  /** Every bigram with at least this PMI, in bits. MetaCLIP takes 30 on the whole of Wikipedia. */
  record Threshold(double pmi) implements BigramRule {}

  /** Every bigram with at least this share (0 to 1) of the largest possible PMI, {@code log2(N / minCount)}. */
  record ShareOfLargest(double share) implements BigramRule {
    /** Checks the share. */
    public ShareOfLargest {
      BigramRule.requireShare(share, 1);
    }
  }

  /** As many bigrams as this share of the number of unigrams, those of highest PMI first. MetaCLIP 2 takes 0.4. */
  record ShareOfUnigrams(double share) implements BigramRule {
    /** Checks the share. */
    public ShareOfUnigrams {
      BigramRule.requireShare(share, 1000);
    }
  }

  private static void requireShare(double share, double most) {
    if (!(share >= 0 && share <= most)) throw new IllegalArgumentException("share of " + share + "; expected 0 to " + most);
  }
}
