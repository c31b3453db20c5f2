package io.llama3v.data.curate.ngram;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Finds which entries of a {@link Vocabulary} stand in a text, all at once and exactly: entry e is found where {@code " " + e + " "}
 * is a part of the laid-out text ({@link Spacing}). Each entry counts once a text. Time is linear in text and finds. Texts are taken
 * as UTF-8. The automaton is shared; a matcher belongs to one thread, {@link #fork()} makes one for another.
 */
public final class NGramMatcher {
  private static final byte[] KINDS = Spacing.kinds();
  private static final int FEW = 64;
  private final WordAutomaton automaton;
  private final WordTable words;
  private final int entries;
  private byte[] buffer = new byte[1024];
  private int[] hits = new int[64];
  private int count;
  // A bit for each group of entries found in this text: most finds are new, and are so without a look at the list.
  private long groups;
  // Of texts with at least FEW finds: 1 + entry, hashed.
  private int[] table = {};

  /** Builds the automaton; for half a million entries this takes a second or two and some 50 MB. */
  public NGramMatcher(Vocabulary vocabulary) {
    this(WordAutomaton.of(vocabulary.entries()), vocabulary.size());
  }

  private NGramMatcher(WordAutomaton automaton, int entries) {
    this.automaton = automaton;
    this.words = automaton.words;
    this.entries = entries;
  }

  /** A matcher for another thread, on the same automaton. */
  public NGramMatcher fork() {
    return new NGramMatcher(automaton, entries);
  }

  /** Number of entries of the vocabulary. */
  public int entries() {
    return entries;
  }

  /** Searches a text; see {@link #match(byte[], int, int)}. */
  public int match(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return match(utf8, 0, utf8.length);
  }

  /**
   * Searches a text.
   *
   * @return how many different entries were found: so many first elements of {@link #hits()} are theirs
   */
  public int match(byte[] utf8, int offset, int length) {
    next();
    return scan(utf8, offset, length);
  }

  /** Searches several texts as one: an entry counts once if it is in any; none is found across two of them. */
  public int match(List<String> texts) {
    next();
    for (String one : texts) {
      byte[] utf8 = one.getBytes(StandardCharsets.UTF_8);
      scan(utf8, 0, utf8.length);
    }
    return count;
  }

  private void next() {
    count = 0;
    groups = 0;
  }

  /** Cuts the text where its layout has spaces, and gives word after word to the automaton. */
  private int scan(byte[] utf8, int offset, int length) {
    if (buffer.length < length + WordTable.SLACK) buffer = new byte[Math.max(length + WordTable.SLACK, 2 * buffer.length)];
    byte[] text = buffer;
    System.arraycopy(utf8, offset, text, 0, length);
    int state = 0;
    int start = 0;
    for (int i = 0; i < length; i++) {
      byte kind = KINDS[text[i] & 255];
      if (kind == Spacing.OTHER) continue;
      state = step(state, text, start, i - start);
      if (kind == Spacing.MARK) state = step(state, text, i, 1);
      start = i + 1;
    }
    step(state, text, start, length - start);
    return count;
  }

  /** The state after one more word; between two spaces, or at a border of the text, that is an empty one. */
  private int step(int state, byte[] text, int from, int length) {
    int slot = words.find(text, from, length);
    if (!words.known(slot)) return 0;
    long found = 0;
    for (int s = state; found == 0; s = automaton.fail(s)) {
      if (s == 0) {
        found = words.value(slot);
        break;
      }
      if (s < 0) found = automaton.child(s, words.word(slot));
    }
    int output = (int) found;
    if (output != 0) collect(output);
    return (int) (found >>> 32);
  }

  private void collect(int first) {
    for (int output = first; ; ) {
      int entry = (output & ~WordAutomaton.MORE) - 1;
      long group = 1L << (spread(entry) >>> 26);
      if ((groups & group) == 0 || !found(entry)) {
        groups |= group;
        append(entry);
      }
      if (output > 0) return;
      output = automaton.next[entry];
    }
  }

  private static int spread(int entry) {
    return entry * 0x9E3779B9;
  }

  private boolean found(int entry) {
    if (count >= FEW) return table[slot(entry)] != 0;
    for (int i = 0; i < count; i++) if (hits[i] == entry) return true;
    return false;
  }

  private void append(int entry) {
    if (count == hits.length) hits = Arrays.copyOf(hits, 2 * count);
    hits[count++] = entry;
    if (count < FEW) return;
    if (count == FEW || 2 * count > table.length) {
      table = new int[8 * count];
      for (int i = 0; i < count; i++) table[slot(hits[i])] = 1 + hits[i];
    } else {
      table[slot(entry)] = 1 + entry;
    }
  }

  /** Where an entry is, or would be, in the table of a text with many finds. */
  private int slot(int entry) {
    int at = (int) ((spread(entry) & 0xFFFFFFFFL) * table.length >>> 32);
    while (table[at] != 0 && table[at] != 1 + entry) at = at + 1 == table.length ? 0 : at + 1;
    return at;
  }

  /** The entries found last, in the order in which they ended; valid until the next search. Longer ones before shorter at one place. */
  public int[] hits() {
    return hits;
  }

  /** Bytes of memory that the shared automaton takes, the words of more than 16 bytes left out. */
  public long automatonBytes() {
    return automaton.bytes();
  }
}
