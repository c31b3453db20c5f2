package io.llama3v.data.curate.quality;

/**
 * When a caption is boilerplate.
 *
 * @param maxCount    samples that may share a caption, whatever their number; 20
 * @param maxFraction of all samples that may share it, where that is more; 0.0001
 */
public record BoilerplateConfig(int maxCount, Double maxFraction) {
  /** The defaults. */
  public static final BoilerplateConfig DEFAULT = new BoilerplateConfig(0, null);

  /** Fills in defaults and checks. */
  public BoilerplateConfig {
    maxCount = maxCount == 0 ? 20 : maxCount;
    maxFraction = maxFraction == null ? 1e-4 : maxFraction;
    if (maxCount < 1 || !(maxFraction >= 0 && maxFraction <= 1)) {
      throw new IllegalArgumentException("'max_count' must be positive, and 'max_fraction' between 0 and 1");
    }
  }
}
