package io.llama3v.data.curate.quality;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * What must not be trained on.
 *
 * @param blocklist   a file of hashes, one a line: SHA-256 of encoded pictures (64 hexadecimal digits)
 * @param classifiers the probability from which a picture is dropped, by the name of a classifier that a {@link SafetyProvider} brings
 * @param blurFaces   whether faces, found by a provider's {@link FaceFinder}, are blurred in the curated pictures
 */
public record SafetyConfig(Path blocklist, Map<String, Double> classifiers, boolean blurFaces) {
  /** Nothing asked. */
  public static final SafetyConfig DEFAULT = new SafetyConfig(null, null, false);

  /** Fills in defaults and checks. */
  public SafetyConfig {
    classifiers = classifiers == null ? Map.of() : new TreeMap<>(classifiers);
    classifiers.forEach((name, from) -> {
      if (!(from > 0 && from <= 1)) {
        throw new IllegalArgumentException("'classifiers." + name + "' is " + from + "; expected a probability over 0 and at most 1");
      }
    });
  }
}
