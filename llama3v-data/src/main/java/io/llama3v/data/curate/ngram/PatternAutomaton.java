package io.llama3v.data.curate.ngram;

import static io.llama3v.data.curate.ngram.DoubleArray.PARENT;
import static io.llama3v.data.curate.ngram.DoubleArray.STRIDE;

import io.llama3v.text.IntList;
import java.util.Arrays;

/**
 * The Aho-Corasick automaton of many byte strings (A. V. Aho, M. J. Corasick: Efficient string matching, 1975) in a double array.
 * State 0 has read nothing; a state stands for the longest suffix of what was read that begins a pattern. Immutable: threads share it.
 *
 * <p>What a step reads of a state lies in one cache line, and the states of a pattern's tail lie beside each other: with millions of
 * states the time goes into cache misses.
 */
final class PatternAutomaton {
  static final int ROOT = 0;
  /** Set in an output where a shorter pattern ends too: the next output is {@code next[pattern]}. */
  static final int MORE = 0x80000000;
  static final int FAIL = 2;
  static final int OUTPUT = 3;

  /**
   * Four ints a state: base, parent, the state of the longest proper suffix, and the output: 1 + the longest pattern that ends here,
   * with {@link #MORE}, or 0.
   */
  final int[] nodes;
  /** The output that follows a pattern's own, or 0. */
  final int[] next;

  // For building only; let go of afterwards.
  private byte[][] patterns;
  private int[] order;
  private int[] labels = new int[256];
  private int[] starts = new int[257];

  /**
   * Builds the automaton in time linear in the bytes of all patterns, plus that of sorting them.
   *
   * @param patterns distinct and not empty
   * @throws IllegalArgumentException if one is empty or stands twice
   */
  static PatternAutomaton of(byte[][] patterns) {
    return new PatternAutomaton(patterns);
  }

  private PatternAutomaton(byte[][] patterns) {
    this.patterns = patterns;
    Integer[] sorted = new Integer[patterns.length];
    Arrays.setAll(sorted, i -> i);
    Arrays.parallelSort(sorted, (a, b) -> Arrays.compareUnsigned(patterns[a], patterns[b]));
    order = Arrays.stream(sorted).mapToInt(i -> i).toArray();
    check();
    next = new int[patterns.length];
    nodes = place();
    link();
    this.patterns = null;
    order = null;
    labels = null;
    starts = null;
  }

  private void check() {
    for (int i = 0; i < order.length; i++) {
      if (patterns[order[i]].length == 0) throw new IllegalArgumentException("pattern " + order[i] + " is empty");
      if (i > 0 && Arrays.equals(patterns[order[i - 1]], patterns[order[i]])) {
        throw new IllegalArgumentException("patterns " + order[i - 1] + " and " + order[i] + " are the same");
      }
    }
  }

  /**
   * Finds the children of the state that has read the first {@code depth} bytes of the sorted patterns [from, to): their labels, and
   * in {@code starts} where the range of each begins.
   */
  private int children(int from, int to, int depth) {
    int count = 0;
    for (int p = from; p < to; p++) {
      int label = patterns[order[p]][depth] & 255;
      if (count == 0 || label != labels[count - 1]) {
        labels[count] = label;
        starts[count++] = p;
      }
    }
    starts[count] = to;
    return count;
  }

  /** Lays out the trie, depth first, so that states that follow each other lie near each other. */
  private int[] place() {
    DoubleArray trie = new DoubleArray();
    int[] stack = new int[1024];
    int top = push(stack, 0, ROOT, 0, order.length, 0);
    while (top > 0) {
      top -= 4;
      int state = stack[top];
      int from = stack[top + 1];
      int to = stack[top + 2];
      int depth = stack[top + 3];
      if (from < to && patterns[order[from]].length == depth) trie.nodes[STRIDE * state + OUTPUT] = 1 + order[from++];
      int count = children(from, to, depth);
      if (count == 0) continue;
      trie.place(state, labels, count);
      int base = trie.nodes[STRIDE * state];
      if (top + 4 * count > stack.length) stack = Arrays.copyOf(stack, 2 * stack.length + 4 * count);
      for (int c = count - 1; c >= 0; c--) top = push(stack, top, base ^ labels[c], starts[c], starts[c + 1], depth + 1);
    }
    return trie.trimmed();
  }

  private static int push(int[] stack, int top, int state, int from, int to, int depth) {
    stack[top] = state;
    stack[top + 1] = from;
    stack[top + 2] = to;
    stack[top + 3] = depth;
    return top + 4;
  }

  /** Sets the links to suffixes, breadth first: those of a state need the links of the shorter ones. */
  private void link() {
    IntList level = new IntList();
    add(level, ROOT, 0, order.length);
    for (int depth = 0; level.size() > 0; depth++) {
      IntList below = new IntList();
      for (int i = 0; i < level.size(); i += 3) {
        int state = level.get(i);
        int from = level.get(i + 1);
        int to = level.get(i + 2);
        int inherited = state == ROOT ? 0 : nodes[STRIDE * nodes[STRIDE * state + FAIL] + OUTPUT];
        int own = nodes[STRIDE * state + OUTPUT];
        if (own == 0) {
          nodes[STRIDE * state + OUTPUT] = inherited;
        } else {
          from++;
          next[own - 1] = inherited;
          if (inherited != 0) nodes[STRIDE * state + OUTPUT] = own | MORE;
        }
        int count = children(from, to, depth);
        int base = nodes[STRIDE * state];
        for (int c = 0; c < count; c++) {
          int child = base ^ labels[c];
          nodes[STRIDE * child + FAIL] = state == ROOT ? ROOT : step(nodes, nodes[STRIDE * state + FAIL], labels[c]);
          add(below, child, starts[c], starts[c + 1]);
        }
      }
      level = below;
    }
  }

  private static void add(IntList level, int state, int from, int to) {
    level.add(state);
    level.add(from);
    level.add(to);
  }

  /** The state after one more byte. */
  static int step(int[] nodes, int state, int label) {
    while (true) {
      int child = nodes[STRIDE * state] ^ label;
      if (nodes[STRIDE * child + PARENT] == state && child != ROOT) return child;
      if (state == ROOT) return ROOT;
      state = nodes[STRIDE * state + FAIL];
    }
  }

  /** Bytes of memory that the automaton takes. */
  long bytes() {
    return 4L * (nodes.length + next.length);
  }
}
