package io.llama3v.data.curate.decontaminate;

import io.llama3v.data.curate.HashList;
import io.llama3v.tensor.Mix64;
import java.util.Arrays;
import java.util.Locale;

/**
 * The phrases of n words that stand in some texts, as sorted 64-bit hashes. Words are runs of letters and digits, in lower case, so that
 * punctuation, spacing and case do not hide a match. Texts of fewer than n words count as one phrase if they have at least half as many:
 * short questions are caught whole, and "a cat" is not.
 */
public final class PhraseSet {
  private final int words;
  private final long[] hashes;

  /**
   * The phrases of some texts.
   *
   * @param words of a phrase, n; 8 is usual
   */
  public PhraseSet(int words, Iterable<String> texts) {
    if (words < 2 || words > 100) throw new IllegalArgumentException("phrases of " + words + " words; expected 2 to 100");
    this.words = words;
    HashList all = new HashList();
    for (String text : texts) all.addAll(phrases(text));
    this.hashes = Arrays.stream(all.sorted()).distinct().toArray();
  }

  /** Number of different phrases. */
  public int size() {
    return hashes.length;
  }

  /** Share of a text's phrases that are in the set; 0 for a text too short for one. */
  public double overlap(String text) {
    long[] phrases = phrases(text);
    int found = 0;
    for (long phrase : phrases) if (Arrays.binarySearch(hashes, phrase) >= 0) found++;
    return phrases.length == 0 ? 0 : (double) found / phrases.length;
  }

  private long[] phrases(String text) {
    long[] tokens = Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+")).filter(t -> !t.isEmpty())
        .mapToLong(Mix64::mix).toArray();
    int length = Math.min(words, tokens.length);
    if (2 * length < words || length == 0) return new long[0];
    long[] phrases = new long[tokens.length - length + 1];
    for (int i = 0; i < phrases.length; i++) {
      // The length is part of the hash: a whole short text does not match the same words within a longer one's phrase.
      long h = length;
      for (int j = 0; j < length; j++) h = Mix64.mix(h, tokens[i + j]);
      phrases[i] = h;
    }
    return phrases;
  }
}
