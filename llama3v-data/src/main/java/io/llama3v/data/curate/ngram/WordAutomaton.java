package io.llama3v.data.curate.ngram;

import io.llama3v.text.IntList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The Aho-Corasick automaton (A. V. Aho, M. J. Corasick: Efficient string matching, 1975) of many phrases, with words for letters: entries
 * stand between spaces, so that nothing can begin or end within a word. State 0 has read nothing; a state stands for the longest suffix of
 * what was read that begins an entry. Immutable: threads share it.
 *
 * <p>A state is a number, with {@link #BRANCHES} set if it has children. Children of state 0 are found with the word itself
 * ({@link WordTable}), others in a hash table of (state, word). An output is 1 + the longest entry that ends in a state, with {@link #MORE}
 * set where shorter ones follow ({@link #next}); 0 for none.
 */
final class WordAutomaton {
  static final int BRANCHES = 0x80000000;
  static final int MORE = 0x80000000;
  private static final int STATE = 0x7FFFFFFF;

  /** A word's value: the state after it alone (0: none begins so) over that state's output. */
  final WordTable words;
  /** The output that follows an entry's own. */
  final int[] next;
  // (state, word) keys and, beside each, the child over its output; 0 is a free key, since word numbers in keys count from 1.
  private final long[] edges;
  private final int mask;
  private final int[] fail;
  /** States from 1 to this are those of one word, which have no other suffix than nothing. */
  private final int singles;

  private WordAutomaton(Builder b) {
    words = b.words;
    next = b.next;
    edges = b.edges;
    mask = b.edges.length / 2 - 1;
    fail = b.fail;
    singles = b.singles;
  }

  /** Builds the automaton of distinct entries. */
  static WordAutomaton of(String[] entries) {
    return new WordAutomaton(new Builder(entries));
  }

  /** The child over its output, or 0. */
  long child(int state, int word) {
    return edges[slot(edges, mask, key(state, word)) + 1];
  }

  /** The state of the longest proper suffix, with its flag. */
  int fail(int state) {
    int number = state & STATE;
    return number <= singles ? 0 : fail[number];
  }

  /** Bytes of memory. */
  long bytes() {
    return words.bytes() + 8L * edges.length + 4L * (next.length + fail.length);
  }

  private static long key(int state, int word) {
    return (long) (state & STATE) << 32 | word + 1;
  }

  /** Where a key is, or would be. */
  private static int slot(long[] edges, int mask, long key) {
    long h = key * 0x9E3779B97F4A7C15L;
    int at = (int) (h >>> 32 ^ h >>> 47) & mask;
    while (edges[2 * at] != 0 && edges[2 * at] != key) at = at + 1 & mask;
    return 2 * at;
  }

  /** A trie of words, in arrays, and what becomes of it. */
  private static final class Builder {
    final WordTable words;
    final int[] next;
    final long[] edges;
    final int[] fail;
    final int singles;
    // Of each state: parent, word that led to it, entry that ends there or -1; in order of depth.
    private final IntList parent = new IntList();
    private final IntList word = new IntList();
    private final IntList entry = new IntList();

    Builder(String[] entries) {
      Map<String, Integer> numbers = new HashMap<>();
      int[][] phrases = new int[entries.length][];
      for (int e = 0; e < entries.length; e++) {
        String[] tokens = entries[e].split(" ", -1);
        phrases[e] = new int[tokens.length];
        for (int i = 0; i < tokens.length; i++) {
          Integer known = numbers.putIfAbsent(tokens[i], numbers.size());
          phrases[e][i] = known == null ? numbers.size() - 1 : known;
        }
      }
      String[] distinct = new String[numbers.size()];
      numbers.forEach((token, number) -> distinct[number] = token);
      words = new WordTable(distinct);
      next = new int[entries.length];
      Map<Long, Integer> children = trie(phrases);
      int states = parent.size();
      boolean[] branches = new boolean[states];
      for (int s = 1; s < states; s++) branches[parent.get(s)] = true;
      int[] output = new int[states];
      fail = fails(children, branches, output);
      int deep = 0;
      for (int s = 1; s < states; s++) if (parent.get(s) != 0) deep++;
      singles = states - 1 - deep;
      edges = new long[2 * Integer.highestOneBit(Math.max(8, 2 * deep)) * 2];
      for (int s = 1; s < states; s++) {
        long value = (long) flagged(s, branches) << 32 | output[s] & 0xFFFFFFFFL;
        if (parent.get(s) == 0) {
          words.set(word.get(s), value);
          continue;
        }
        int slot = slot(edges, edges.length / 2 - 1, key(parent.get(s), word.get(s)));
        edges[slot] = key(parent.get(s), word.get(s));
        edges[slot + 1] = value;
      }
    }

    private static int flagged(int state, boolean[] branches) {
      // State 0 has children without end, but they are found with the word.
      return state != 0 && branches[state] ? state | BRANCHES : state;
    }

    /** Makes the states, all of one depth before those of the next, so that states of shorter phrases come first. */
    private Map<Long, Integer> trie(int[][] phrases) {
      Map<Long, Integer> children = new HashMap<>();
      add(0, -1);
      int[] at = new int[phrases.length];
      boolean more = true;
      for (int depth = 0; more; depth++) {
        more = false;
        for (int e = 0; e < phrases.length; e++) {
          if (phrases[e].length <= depth) continue;
          more = true;
          long key = key(at[e], phrases[e][depth]);
          Integer child = children.get(key);
          if (child == null) {
            child = parent.size();
            children.put(key, child);
            add(at[e], phrases[e][depth]);
          }
          at[e] = child;
        }
      }
      int[] ends = new int[parent.size()];
      Arrays.fill(ends, -1);
      for (int e = 0; e < phrases.length; e++) {
        if (ends[at[e]] >= 0) throw new IllegalArgumentException("entries " + ends[at[e]] + " and " + e + " are the same");
        ends[at[e]] = e;
      }
      entry.addAll(ends);
      return children;
    }

    private void add(int from, int by) {
      parent.add(from);
      word.add(by);
    }

    private int[] fails(Map<Long, Integer> children, boolean[] branches, int[] output) {
      int states = parent.size();
      int[] fails = new int[states];
      for (int s = 1; s < states; s++) {
        int suffix = 0;
        if (parent.get(s) != 0) {
          for (int f = fails[parent.get(s)] & STATE; ; f = fails[f] & STATE) {
            Integer child = children.get(key(f, word.get(s)));
            if (child != null) {
              suffix = child;
              break;
            }
            if (f == 0) break;
          }
        }
        fails[s] = flagged(suffix, branches);
        int own = entry.get(s);
        output[s] = output[suffix];
        if (own >= 0) {
          next[own] = output[suffix];
          output[s] = output[suffix] == 0 ? own + 1 : own + 1 | MORE;
        }
      }
      return fails;
    }
  }
}
