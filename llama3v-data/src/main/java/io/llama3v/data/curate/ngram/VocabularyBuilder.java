package io.llama3v.data.curate.ngram;

import io.llama3v.data.format.TextLines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Assembles a {@link Vocabulary}: parts are added in the order of the calls, an entry belongs to the first part that brings it, and
 * the vocabulary ends at its limit. Entries that are too long or that no caption can hold are left out and counted.
 */
public final class VocabularyBuilder {
  private final Map<String, String> entries = new LinkedHashMap<>();
  private final Map<String, Integer> skipped = new LinkedHashMap<>();
  private int limit = 500_000;

  /** The number of entries after which nothing more is taken; 500,000 unless told. */
  public VocabularyBuilder limit(int most) {
    if (most < 1 || most > Vocabulary.MAX_ENTRIES) {
      throw new IllegalArgumentException("limit of " + most + " entries; expected 1 to " + Vocabulary.MAX_ENTRIES);
    }
    limit = most;
    return this;
  }

  /** The numbers 0 to 99. */
  public VocabularyBuilder numbers() {
    for (int i = 0; i < 100; i++) add(Integer.toString(i), "number");
    return this;
  }

  /** Entries of a list, such as the lemmas of WordNet; underscores become spaces. */
  public VocabularyBuilder words(String name, Iterable<String> list) {
    for (String word : list) add(word.replace('_', ' ').strip(), name);
    return this;
  }

  /** A list in a file, one entry a line; its name without the ending is the entries' origin. */
  public VocabularyBuilder words(Path file) throws IOException {
    String name = file.getFileName().toString().replaceFirst("\\..*$", "");
    TextLines.forEach(file, (line, number) -> {
      if (!line.isBlank()) add(line.replace('_', ' ').strip(), name);
    });
    return this;
  }

  /**
   * Words and pairs of words of a reference text.
   *
   * @param minWordCount   words seen less often are left out; MetaCLIP takes 100 on all of Wikipedia
   * @param bigramRule     which pairs are taken; null for none
   * @param minBigramCount pairs seen less often are left out: rare pairs have the highest mutual information by chance
   */
  public VocabularyBuilder text(ReferenceText text, long minWordCount, BigramRule bigramRule, int minBigramCount) throws IOException {
    ReferenceCounts counts = new ReferenceCounts(text, minWordCount, bigramRule != null);
    for (ReferenceCounts.Word word : counts.words()) add(word.text(), "unigram");
    if (bigramRule == null) return this;
    List<ReferenceCounts.Bigram> bigrams = counts.bigrams(Math.max(1, minBigramCount));
    double least = Double.NEGATIVE_INFINITY;
    int most = bigrams.size();
    if (bigramRule instanceof BigramRule.Threshold t) least = t.pmi();
    else if (bigramRule instanceof BigramRule.ShareOfLargest s) {
      least = s.share() * StrictMath.log((double) counts.tokens() / Math.max(1, minBigramCount)) / StrictMath.log(2);
    } else if (bigramRule instanceof BigramRule.ShareOfUnigrams u) most = (int) Math.min(most, u.share() * counts.words().size());
    for (int i = 0; i < most && bigrams.get(i).pmi() >= least; i++) add(bigrams.get(i).text(), "bigram");
    if (counts.undercount() > 0) skipped.merge("counts of bigrams may be too low by", counts.undercount(), Math::max);
    return this;
  }

  /**
   * Titles of articles with their page views: lines of title, tab, views. Titles with a colon (talk pages, files) are left out.
   *
   * @param minViews titles with fewer views are left out; MetaCLIP takes 70
   * @throws IOException if the file cannot be read or a line has another form
   */
  public VocabularyBuilder titles(Path file, long minViews) throws IOException {
    TextLines.forEach(file, (line, number) -> {
      int tab = line.lastIndexOf('\t');
      long views;
      try {
        views = Long.parseLong(line.substring(tab + 1).strip());
      } catch (NumberFormatException e) {
        views = -1;
      }
      if (tab < 1 || views < 0) {
        throw new IOException(file + ":" + number + ": expected a title, a tab and its page views, found '" + cut(line) + "'");
      }
      String title = line.substring(0, tab).replace('_', ' ').strip();
      if (views >= minViews && title.indexOf(':') < 0) add(title, "title");
    });
    return this;
  }

  private static String cut(String line) {
    return line.length() <= 80 ? line : line.substring(0, 80) + "...";
  }

  private void add(String entry, String origin) {
    if (entry.isEmpty() || entries.containsKey(entry)) return;
    if (Spacing.isMark(entry) || entry.length() == 1 && !Character.isLetterOrDigit(entry.charAt(0))) skip("single mark");
    else if (entry.length() > Vocabulary.MAX_LENGTH) skip("longer than " + Vocabulary.MAX_LENGTH + " characters");
    else if (!Spacing.canOccur(entry)) skip("can never be found in a caption");
    else if (entries.size() >= limit) skip("beyond the limit of " + limit);
    else entries.put(entry, origin);
  }

  private void skip(String reason) {
    skipped.merge(reason, 1, Integer::sum);
  }

  /** How many entries were left out, by reason. */
  public Map<String, Integer> skipped() {
    return Map.copyOf(skipped);
  }

  /**
   * The vocabulary.
   *
   * @throws IllegalStateException if it is empty
   */
  public Vocabulary build() {
    if (entries.isEmpty()) {
      throw new IllegalStateException("the vocabulary is empty; add words, titles or text, or lower the counts that they need ("
          + skipped + " left out)");
    }
    return new Vocabulary(new ArrayList<>(entries.keySet()), new ArrayList<>(entries.values()));
  }
}
