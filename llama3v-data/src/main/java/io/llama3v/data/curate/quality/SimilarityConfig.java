package io.llama3v.data.curate.quality;

import io.llama3v.data.curate.ScorerConfig;

/**
 * Which pairs of picture and caption are similar enough.
 *
 * @param model       that tells
 * @param minimum     least cosine similarity; with {@code topFraction} both must hold; 0.28 with neither, as for LAION-2B with ViT-B/32: a
 *     threshold fits one model only
 * @param topFraction share of the samples that reach this step to keep, from the top
 * @param perCaption  whether captions under the threshold leave a sample that stays for another one; true
 */
public record SimilarityConfig(ScorerConfig model, Double minimum, Double topFraction, Boolean perCaption) {
  /** Fills in defaults and checks. */
  public SimilarityConfig {
    if (model == null) {
      throw new IllegalArgumentException("'model' is missing: a CLIP checkpoint that scores pairs");
    }
    minimum = minimum == null && topFraction == null ? Double.valueOf(0.28) : minimum;
    perCaption = perCaption == null || perCaption;
    if (topFraction != null && !(topFraction > 0 && topFraction <= 1)) {
      throw new IllegalArgumentException("'top_fraction' must be over 0 and at most 1, not " + topFraction);
    }
    if (minimum != null && !(minimum >= -1 && minimum <= 1)) {
      throw new IllegalArgumentException("'minimum' is a cosine, from -1 to 1, not " + minimum);
    }
  }
}
