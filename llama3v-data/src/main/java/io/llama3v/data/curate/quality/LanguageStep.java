package io.llama3v.data.curate.quality;

import io.llama3v.data.curate.Candidate;
import io.llama3v.data.curate.CurationRecord;
import io.llama3v.data.curate.Step;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Drops captions in other languages. Identifiers err on captions of a few words, so that theirs is not the only voice:
 * <ol>
 * <li>mostly letters of another script than Latin, where no language to keep uses it: another language;</li>
 * <li>nothing but English words, where English is to be kept: kept, and the identifier, which takes a millisecond, is not asked;</li>
 * <li>fewer than {@code minWords} words, or a margin under {@code minMargin} between the two likeliest languages: kept where enough of its
 *     words are English ones (if English is to be kept; otherwise the identifier decides);</li>
 * <li>else as the identifier says, unless it says English of a caption with few English words and several of the commonest words of other
 *     languages, such as articles.</li>
 * </ol>
 * Reasons: {@code other-script, other-language, not-english-words}. Scores: {@code language.margin}, {@code language.english} (share of
 * English words) of the first caption; note {@code language}.
 */
public final class LanguageStep implements Step<Void> {
  private final LanguageConfig config;
  private final LanguageIdentifier identifier;
  private final EnglishVocabulary english;
  private final boolean latinOnly;

  /** With Lingua. */
  public LanguageStep(LanguageConfig config) throws IOException {
    this(config, lingua(config));
  }

  /** With an identifier of one's own, closed with this step. */
  public LanguageStep(LanguageConfig config, LanguageIdentifier identifier) throws IOException {
    this.config = config;
    this.identifier = identifier;
    this.english = config.keep().contains("en") ? new EnglishVocabulary(config.vocabulary()) : null;
    this.latinOnly = List.of("en", "de", "es", "fr", "it", "nl", "pt", "sv", "da", "nb", "fi", "pl", "cs", "ro", "tr", "id", "vi", "hu")
        .containsAll(config.keep());
  }

  private static LanguageIdentifier lingua(LanguageConfig config) {
    try {
      return new LinguaIdentifier(config.candidates(), config.lowAccuracy());
    } catch (NoClassDefFoundError e) {
      throw new IllegalStateException("the step 'language' needs com.github.pemistahl:lingua on the class path", e);
    }
  }

  @Override
  public String name() {
    return "language";
  }

  @Override
  public Map<String, String> settings() {
    return Map.of("config", config.toString(), "identifier", identifier.fingerprint(), "english",
        english == null ? "" : english.fingerprint(), "version", "2");
  }

  @Override
  public List<CurationRecord> measure(List<Candidate> batch) {
    List<CurationRecord> judged = new ArrayList<>(batch.size());
    for (Candidate candidate : batch) {
      Map<String, Judgement> seen = new TreeMap<>();
      CurationRecord record = CaptionFilter.apply(candidate.record(), name(), caption -> {
        Judgement judgement = judge(caption);
        seen.put(caption, judgement);
        return judgement.reason();
      });
      Judgement first = seen.get(candidate.record().caption());
      record = record.withNote("language", first.language()).withScore("language.margin", first.margin());
      judged.add(first.english() < 0 ? record : record.withScore("language.english", first.english()));
    }
    return judged;
  }

  /**
   * @param reason   null if the caption is to be kept
   * @param language likeliest one, {@code ?} if unknown
   * @param margin   over the next
   * @param english  share of English words; −1 if there are no words
   */
  record Judgement(String reason, String language, double margin, double english) {}

  Judgement judge(String caption) {
    double share = english == null ? -1 : english.share(caption);
    if (latinOnly && otherScript(caption)) {
      return new Judgement("other-script", "?", 0, share);
    }
    if (share == 1) {
      return new Judgement(null, "en", 1, share);
    }
    List<LanguageIdentifier.Guess> guesses = identifier.guess(caption);
    String language = guesses.isEmpty() ? "?" : guesses.get(0).language();
    double margin = guesses.isEmpty() ? 0 : guesses.get(0).confidence() - (guesses.size() > 1 ? guesses.get(1).confidence() : 0);
    boolean believed = caption.strip().split("\\s+").length >= config.minWords() && margin >= config.minMargin();
    String reason;
    if (english != null && !believed) {
      reason = share < 0 || share >= config.minEnglish() ? null : "not-english-words";
    } else {
      boolean doubtful = english != null && language.equals("en") && share < config.minEnglish() && english.others(caption) > 1;
      reason = config.keep().contains(language) && !doubtful ? null : "other-language";
    }
    return new Judgement(reason, language, margin, share);
  }

  private static boolean otherScript(String caption) {
    long letters = caption.codePoints().filter(Character::isLetter).count();
    long latin = caption.codePoints().filter(c -> Character.isLetter(c) && Character.UnicodeScript.of(c) == Character.UnicodeScript.LATIN).count();
    return letters > 0 && latin * 2 < letters;
  }

  @Override
  public void close() {
    identifier.close();
  }
}
