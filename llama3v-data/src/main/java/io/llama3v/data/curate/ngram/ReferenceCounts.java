package io.llama3v.data.curate.ngram;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Words and pairs of adjacent words in a reference text, with their counts. Words are what stands between spaces once marks are set
 * apart ({@link Spacing}); the marks {@code , . ; : ? ! `} are no words, and a pair does not reach over one or over a line's end.
 *
 * <p>Read twice: pairs are counted between frequent words only, in bounded memory.
 */
final class ReferenceCounts {
  /** Distinct words held at most; rare ones leave when there are more. */
  static final int MAX_WORDS = 20_000_000;
  /** Distinct pairs held at most. */
  static final int MAX_PAIRS = 100_000_000;

  /** A word and how often it stands in the text. */
  record Word(String text, long count) {}

  /** A pair, how often it stands in the text, and its pointwise mutual information in bits. */
  record Bigram(String text, int count, double pmi) {}

  private final long tokens;
  private final List<Word> words;
  private final PairCounts pairs = new PairCounts(MAX_PAIRS);

  /** @param minWordCount words seen less often are no unigrams and are in no bigram */
  ReferenceCounts(ReferenceText text, long minWordCount, boolean countPairs) throws IOException {
    Map<String, long[]> counts = new HashMap<>();
    long[] total = {0, 0};
    text.forEachLine(line -> forEachToken(line, token -> {
      if (token == null || token.length() > Vocabulary.MAX_LENGTH) return;
      total[0]++;
      counts.computeIfAbsent(token, t -> new long[1])[0]++;
      if (counts.size() > MAX_WORDS) {
        total[1]++;
        counts.values().removeIf(c -> --c[0] <= 0);
      }
    }));
    tokens = total[0];
    words = new ArrayList<>();
    counts.forEach((word, count) -> {
      if (count[0] >= minWordCount) words.add(new Word(word, count[0]));
    });
    words.sort(Comparator.comparingLong((Word w) -> -w.count()).thenComparing(Word::text));
    if (countPairs) countPairs(text);
  }

  private void countPairs(ReferenceText text) throws IOException {
    Map<String, Integer> ids = new HashMap<>();
    for (int i = 0; i < words.size(); i++) ids.put(words.get(i).text(), i);
    int[] previous = {-1};
    text.forEachLine(line -> {
      previous[0] = -1;
      forEachToken(line, token -> {
        int id = token == null ? -1 : ids.getOrDefault(token, -1);
        if (previous[0] >= 0 && id >= 0) pairs.increment(previous[0], id);
        previous[0] = id;
      });
    });
  }

  private interface TokenVisitor {
    /** A word, or null for a mark. */
    void visit(String token);
  }

  private static void forEachToken(String line, TokenVisitor visitor) {
    String text = Spacing.apply(line);
    for (int from = 0; from < text.length();) {
      int to = text.indexOf(' ', from);
      if (to < 0) to = text.length();
      if (to > from) {
        String token = text.substring(from, to);
        visitor.visit(Spacing.isMark(token) ? null : token);
      }
      from = to + 1;
    }
  }

  /** Words in the text, marks not counted: the N of the mutual information. */
  long tokens() {
    return tokens;
  }

  /** Frequent words, the most frequent first. */
  List<Word> words() {
    return words;
  }

  /** Bigrams that were seen at least so often, those of highest mutual information first. */
  List<Bigram> bigrams(int minCount) {
    List<Bigram> bigrams = new ArrayList<>();
    pairs.forEach((a, b, count) -> {
      if (count < minCount) return;
      double ratio = (double) count * tokens / ((double) words.get(a).count() * words.get(b).count());
      bigrams.add(new Bigram(words.get(a).text() + ' ' + words.get(b).text(), count, StrictMath.log(ratio) / StrictMath.log(2)));
    });
    bigrams.sort(Comparator.comparingDouble((Bigram b) -> -b.pmi()).thenComparingInt(b -> -b.count()).thenComparing(Bigram::text));
    return bigrams;
  }

  /** How much too low the counts of pairs may be. */
  int undercount() {
    return pairs.undercount();
  }
}
