package io.llama3v.data.curate.quality;

import java.nio.file.Path;
import java.util.List;

/**
 * How captions of other languages are found.
 *
 * @param keep        ISO 639-1 codes to keep; {@code [en]}
 * @param candidates  languages to tell apart, those to keep among them: the fewer, the better on short captions; by default English and
 *     the six that share its letters and much of the web
 * @param minMargin   confidence of the likeliest language over the next, from which the identifier is believed; 0.1
 * @param minWords    words from which it is believed; 3
 * @param minEnglish  share of English words that a caption needs where it is not believed; 0.5
 * @param vocabulary  files of further English words, one a line: names and terms of the trade
 * @param lowAccuracy a third of the memory, and more mistakes
 */
public record LanguageConfig(List<String> keep, List<String> candidates, Double minMargin, int minWords, Double minEnglish,
    List<Path> vocabulary, boolean lowAccuracy) {
  /** The defaults. */
  public static final LanguageConfig DEFAULT = new LanguageConfig(null, null, null, 0, null, null, false);

  /** Fills in defaults and checks. */
  public LanguageConfig {
    keep = keep == null ? List.of("en") : List.copyOf(keep);
    candidates = candidates == null ? List.of("en", "de", "es", "fr", "it", "nl", "pt") : List.copyOf(candidates);
    minMargin = minMargin == null ? 0.1 : minMargin;
    minWords = minWords == 0 ? 3 : minWords;
    minEnglish = minEnglish == null ? 0.5 : minEnglish;
    vocabulary = vocabulary == null ? List.of() : List.copyOf(vocabulary);
    if (keep.isEmpty() || !candidates.containsAll(keep) || candidates.size() < 2) {
      throw new IllegalArgumentException("'candidates' must name the languages to 'keep' and at least one other; they are " + candidates
          + " and " + keep);
    }
  }
}
