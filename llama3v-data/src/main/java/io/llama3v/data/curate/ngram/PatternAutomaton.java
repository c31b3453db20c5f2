package io.llama3v.data.curate.ngram;

import io.llama3v.text.IntList;
import java.util.Arrays;

/**
 * The Aho-Corasick automaton of many byte strings (A. V. Aho, M. J. Corasick: Efficient string matching, 1975) in a double array.
 * State 0 has read nothing; a state stands for the longest suffix of what was read that begins a pattern. Immutable: threads share it.
 */
final class PatternAutomaton {
  static final int ROOT = 0;
  private static final int BASE = 0x7FFFFFFF;

  /** {@code [2s]}: base, with the sign bit set where patterns end; {@code [2s + 1]}: parent. */
  final int[] nodes;
  /** The state of the longest proper suffix. */
  final int[] fail;
  /** First record of the patterns that end in a state; 0 for none. */
  final int[] output;
  /** Pattern of each record; record 0 is none. */
  final int[] outputPattern;
  /** The next record of the same state: the next shorter pattern, or 0. */
  final int[] outputNext;

  /**
   * Builds the automaton in time linear in the bytes of all patterns, plus that of sorting them.
   *
   * @param patterns distinct and not empty
   * @throws IllegalArgumentException if one is empty or stands twice
   */
  PatternAutomaton(byte[][] patterns) {
    Integer[] order = new Integer[patterns.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (a, b) -> Arrays.compareUnsigned(patterns[a], patterns[b]));
    check(patterns, order);
    DoubleArray trie = new DoubleArray();
    int[] failOf = new int[1024];
    int[] outputOf = new int[1024];
    IntList pattern = new IntList();
    IntList nextRecord = new IntList();
    pattern.add(-1);
    nextRecord.add(0);
    // Breadth first, so that the states of shorter strings, which fail points to, are complete. A state is a range of sorted patterns.
    IntList level = new IntList();
    add(level, ROOT, 0, patterns.length);
    int[] labels = new int[256];
    int[] starts = new int[257];
    for (int depth = 0; level.size() > 0; depth++) {
      IntList below = new IntList();
      for (int i = 0; i < level.size(); i += 3) {
        int state = level.get(i);
        int from = level.get(i + 1);
        int to = level.get(i + 2);
        int inherited = state == ROOT ? 0 : outputOf[failOf[state]];
        if (from < to && patterns[order[from]].length == depth) {
          pattern.add(order[from++]);
          nextRecord.add(inherited);
          inherited = pattern.size() - 1;
        }
        outputOf[state] = inherited;
        int count = 0;
        for (int p = from; p < to; p++) {
          int label = patterns[order[p]][depth] & 255;
          if (count == 0 || label != labels[count - 1]) {
            labels[count] = label;
            starts[count++] = p;
          }
        }
        starts[count] = to;
        if (count > 0) {
          trie.place(state, labels, count);
          if (trie.slots() > failOf.length) {
            failOf = Arrays.copyOf(failOf, trie.nodes.length / 2);
            outputOf = Arrays.copyOf(outputOf, trie.nodes.length / 2);
          }
          int base = trie.nodes[2 * state];
          for (int c = 0; c < count; c++) {
            int child = base ^ labels[c];
            failOf[child] = state == ROOT ? ROOT : step(trie.nodes, failOf, failOf[state], labels[c]);
            add(below, child, starts[c], starts[c + 1]);
          }
        }
        if (inherited != 0) trie.nodes[2 * state] |= ~BASE;
      }
      level = below;
    }
    nodes = trie.trimmed();
    fail = Arrays.copyOf(failOf, trie.slots());
    output = Arrays.copyOf(outputOf, trie.slots());
    outputPattern = pattern.toArray();
    outputNext = nextRecord.toArray();
  }

  private static void check(byte[][] patterns, Integer[] order) {
    for (int i = 0; i < order.length; i++) {
      if (patterns[order[i]].length == 0) throw new IllegalArgumentException("pattern " + order[i] + " is empty");
      if (i > 0 && Arrays.equals(patterns[order[i - 1]], patterns[order[i]])) {
        throw new IllegalArgumentException("patterns " + order[i - 1] + " and " + order[i] + " are the same");
      }
    }
  }

  private static void add(IntList level, int state, int from, int to) {
    level.add(state);
    level.add(from);
    level.add(to);
  }

  /** The state after one more byte. */
  static int step(int[] nodes, int[] fail, int state, int label) {
    while (true) {
      int child = (nodes[2 * state] & BASE) ^ label;
      if (nodes[2 * child + 1] == state && child != ROOT) return child;
      if (state == ROOT) return ROOT;
      state = fail[state];
    }
  }

  /** Bytes of memory that the automaton takes. */
  long bytes() {
    return 4L * (nodes.length + fail.length + output.length + outputPattern.length + outputNext.length);
  }
}
