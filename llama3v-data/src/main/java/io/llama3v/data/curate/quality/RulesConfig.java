package io.llama3v.data.curate.quality;

import java.util.Map;
import java.util.TreeMap;

/**
 * Bounds that need no model. Defaults are those of DataComp's basic filter (words, characters, side, aspect) with upper bounds added.
 *
 * @param minWords      of a caption; 3
 * @param maxWords      of a caption; 256
 * @param minCharacters of a caption; 6
 * @param maxCharacters of a caption; 2000
 * @param minLetters    share of letters among a caption's characters that are no blanks; 0.5
 * @param maxRepeated   share of a caption's words that may be repetitions of earlier ones, from eight words on; 0.6
 * @param minSide       shorter side in pixels; 200
 * @param maxAspect     longer side over shorter side; 3
 * @param maxPixels     width times height; 36 million, which a decoder turns into some 250 MB
 * @param minScores     scores that samples must reach, such as {@code input.similarity: 0.28}; a sample without the score passes
 * @param maxScores     scores that samples must not exceed
 */
public record RulesConfig(int minWords, int maxWords, int minCharacters, int maxCharacters, Double minLetters, Double maxRepeated,
    int minSide, double maxAspect, long maxPixels, Map<String, Double> minScores, Map<String, Double> maxScores) {
  /** The defaults. */
  public static final RulesConfig DEFAULT = new RulesConfig(0, 0, 0, 0, null, null, 0, 0, 0, null, null);

  /** Fills in defaults and checks. */
  public RulesConfig {
    minWords = minWords == 0 ? 3 : minWords;
    maxWords = maxWords == 0 ? 256 : maxWords;
    minCharacters = minCharacters == 0 ? 6 : minCharacters;
    maxCharacters = maxCharacters == 0 ? 2000 : maxCharacters;
    minLetters = minLetters == null ? 0.5 : minLetters;
    maxRepeated = maxRepeated == null ? 0.6 : maxRepeated;
    minSide = minSide == 0 ? 200 : minSide;
    maxAspect = maxAspect == 0 ? 3 : maxAspect;
    maxPixels = maxPixels == 0 ? 36_000_000 : maxPixels;
    minScores = minScores == null ? Map.of() : new TreeMap<>(minScores);
    maxScores = maxScores == null ? Map.of() : new TreeMap<>(maxScores);
    if (minWords < 1 || minCharacters < 1 || minSide < 1 || minWords > maxWords || minCharacters > maxCharacters) {
      throw new IllegalArgumentException("bounds of words, characters and sides must be positive, each minimum at most its maximum");
    }
    if (maxAspect < 1) {
      throw new IllegalArgumentException("'max_aspect' is longer side over shorter side, so at least 1, not " + maxAspect);
    }
  }
}
