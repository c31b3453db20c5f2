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
  private final PatternAutomaton automaton;
  private final int[] nodes;
  private final int[] fail;
  private final int start;
  private int[] hits = new int[64];
  private int count;
  // seen[e] == text: entry e was found in this text already. Cheaper than clearing a set between texts.
  private final int[] seen;
  private int text;

  /** Builds the automaton; for half a million entries this takes seconds and some 100 MB. */
  public NGramMatcher(Vocabulary vocabulary) {
    this(new PatternAutomaton(padded(vocabulary)), vocabulary.size());
  }

  private NGramMatcher(PatternAutomaton automaton, int entries) {
    this.automaton = automaton;
    this.nodes = automaton.nodes;
    this.fail = automaton.fail;
    this.seen = new int[entries];
    this.start = PatternAutomaton.step(nodes, fail, PatternAutomaton.ROOT, ' ');
  }

  private static byte[][] padded(Vocabulary vocabulary) {
    byte[][] patterns = new byte[vocabulary.size()][];
    for (int i = 0; i < patterns.length; i++) patterns[i] = (' ' + vocabulary.entry(i) + ' ').getBytes(StandardCharsets.UTF_8);
    return patterns;
  }

  /** A matcher for another thread, on the same automaton. */
  public NGramMatcher fork() {
    return new NGramMatcher(automaton, seen.length);
  }

  /** Number of entries of the vocabulary. */
  public int entries() {
    return seen.length;
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
    if (++text == 0) {
      Arrays.fill(seen, 0);
      text = 1;
    }
  }

  private int scan(byte[] utf8, int offset, int length) {
    int state = start;
    for (int i = offset, end = offset + length; i < end; i++) {
      int b = utf8[i] & 255;
      byte kind = KINDS[b];
      if (kind == Spacing.OTHER) {
        state = PatternAutomaton.step(nodes, fail, state, b);
        continue;
      }
      // Every pattern ends with a space, so that only after one can anything have been found.
      state = space(state);
      if (kind == Spacing.MARK) state = space(PatternAutomaton.step(nodes, fail, state, b));
    }
    space(state);
    return count;
  }

  private int space(int state) {
    int after = PatternAutomaton.step(nodes, fail, state, ' ');
    if (nodes[2 * after] < 0) collect(after);
    return after;
  }

  private void collect(int state) {
    for (int record = automaton.output[state]; record != 0; record = automaton.outputNext[record]) {
      int entry = automaton.outputPattern[record];
      if (seen[entry] == text) continue;
      seen[entry] = text;
      if (count == hits.length) hits = Arrays.copyOf(hits, 2 * count);
      hits[count++] = entry;
    }
  }

  /** The entries found last, in the order in which they ended; valid until the next search. Longer ones before shorter at one place. */
  public int[] hits() {
    return hits;
  }

  /** Bytes of memory that the shared automaton takes. */
  public long automatonBytes() {
    return automaton.bytes();
  }
}
