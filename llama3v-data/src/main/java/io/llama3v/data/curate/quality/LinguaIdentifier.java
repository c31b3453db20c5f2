package io.llama3v.data.curate.quality;

import com.github.pemistahl.lingua.api.IsoCode639_1;
import com.github.pemistahl.lingua.api.Language;
import com.github.pemistahl.lingua.api.LanguageDetector;
import com.github.pemistahl.lingua.api.LanguageDetectorBuilder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Lingua, limited to a few likely languages: on captions of a few words it is the fewer candidates the better. Needs
 * {@code com.github.pemistahl:lingua}; with seven languages its models take some 400 MB of heap, 120 MB with {@code lowAccuracy}.
 */
final class LinguaIdentifier implements LanguageIdentifier {
  private final LanguageDetector detector;
  private final String fingerprint;

  LinguaIdentifier(List<String> languages, boolean lowAccuracy) {
    List<IsoCode639_1> codes = new ArrayList<>();
    for (String language : languages) {
      codes.add(code(language));
    }
    LanguageDetectorBuilder builder = LanguageDetectorBuilder.fromIsoCodes639_1(codes.toArray(new IsoCode639_1[0]));
    detector = (lowAccuracy ? builder.withLowAccuracyMode() : builder).withPreloadedLanguageModels().build();
    fingerprint = "lingua 1.2 " + languages + (lowAccuracy ? " low accuracy" : "");
  }

  private static IsoCode639_1 code(String language) {
    try {
      return IsoCode639_1.valueOf(language.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException unknown) {
      throw new IllegalArgumentException("language '" + language + "' is no ISO 639-1 code that Lingua knows, such as en, de or zh", unknown);
    }
  }

  @Override
  public String fingerprint() {
    return fingerprint;
  }

  @Override
  public List<Guess> guess(String text) {
    List<Guess> guesses = new ArrayList<>();
    for (Map.Entry<Language, Double> value : detector.computeLanguageConfidenceValues(text).entrySet()) {
      guesses.add(new Guess(value.getKey().getIsoCode639_1().toString().toLowerCase(Locale.ROOT), value.getValue()));
    }
    guesses.sort(Comparator.comparingDouble(Guess::confidence).reversed());
    return guesses;
  }

  @Override
  public void close() {
    detector.unloadLanguageModels();
  }
}
