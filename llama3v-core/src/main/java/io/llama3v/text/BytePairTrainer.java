package io.llama3v.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Learns a byte-level byte-pair vocabulary from text, for those who bring no tokenizer: starting from the 256 bytes, the most frequent
 * pair of neighbours within Llama 3's pieces becomes a token, again and again. Source: Sennrich et al. 2016, "Neural Machine
 * Translation of Rare Words with Subword Units".
 *
 * <p>The result depends on the text alone, and not on its order: of equally frequent pairs the one with the lower left, then the lower
 * right id is taken. Ids are laid out as in Llama 3.2: ordinary tokens, special tokens, reserved tokens if the text is too small to
 * fill the vocabulary, and {@code <|image|>} last, one past {@link Tokenizer#vocabularySize()}.
 */
public final class BytePairTrainer {
  /** Longer pieces (base64, rows of dashes) teach nothing about words. */
  private static final int MAX_PIECE_BYTES = 256;

  private final int vocabularySize;
  private final List<String> specials;
  private int minimumCount = 2;

  /** A trainer with the special tokens of {@link SpecialTokens#CHAT}. */
  public BytePairTrainer(int vocabularySize) {
    this(vocabularySize, SpecialTokens.CHAT);
  }

  /**
   * @param vocabularySize rows of the language model's head: bytes, merges, special and reserved tokens, without the image token
   * @param specials names of special tokens in order of id, without {@code <|image|>}, which is always added
   */
  public BytePairTrainer(int vocabularySize, List<String> specials) {
    Set<String> names = new LinkedHashSet<>(specials);
    names.remove(SpecialTokens.IMAGE);
    if (vocabularySize < 256 + names.size()) {
      throw new IllegalArgumentException("vocabulary size " + vocabularySize + " does not hold the 256 bytes and " + names.size()
          + " special tokens; give " + (256 + names.size()) + " or more");
    }
    this.vocabularySize = vocabularySize;
    this.specials = List.copyOf(names);
  }

  /** Pairs seen less often than this (2 by default) do not become tokens. */
  public BytePairTrainer minimumCount(int count) {
    minimumCount = Math.max(1, count);
    return this;
  }

  /** Learns the vocabulary. The text is read once; only its distinct pieces are held. */
  public TrainedVocabulary train(Iterable<String> texts) {
    Learner learner = new Learner(vocabularySize - specials.size());
    learner.read(texts);
    learner.learn(minimumCount);
    Map<String, Integer> ids = new LinkedHashMap<>();
    for (String special : specials) {
      ids.put(special, learner.tokens.size() + ids.size());
    }
    for (int n = 0; learner.tokens.size() + ids.size() < vocabularySize; n++) {
      ids.putIfAbsent(SpecialTokens.reserved(n), learner.tokens.size() + ids.size());
    }
    ids.put(SpecialTokens.IMAGE, vocabularySize);
    return new TrainedVocabulary(learner.tokens, ids);
  }

  /** Occurrences of a pair, and the words that hold or held it. */
  private static final class Pair {
    private long count;
    private final Set<Integer> words = new HashSet<>();
  }

  private record Candidate(long count, long pair) implements Comparable<Candidate> {
    @Override
    public int compareTo(Candidate other) {
      int byCount = Long.compare(other.count, count);
      return byCount != 0 ? byCount : Long.compare(pair, other.pair);
    }
  }

  private static final class Learner {
    private final int size;
    private final List<byte[]> tokens = new ArrayList<>();
    private final Map<String, Integer> idOf = new HashMap<>();
    private final int[] symbolOfByte = new int[256];
    private final Map<Long, Pair> pairs = new HashMap<>();
    private final PriorityQueue<Candidate> queue = new PriorityQueue<>();
    private int[][] words;
    private long[] counts;

    Learner(int size) {
      this.size = size;
      for (int i = 0; i < 256; i++) {
        symbolOfByte[ByteAlphabet.byteAt(i)] = i;
        addToken(String.valueOf((char) ByteAlphabet.byteAt(i)));
      }
    }

    void read(Iterable<String> texts) {
      Map<String, long[]> distinct = new LinkedHashMap<>();
      for (String text : texts) {
        Llama3PreTokenizer.split(Unicode.wellFormed(text), piece -> distinct.computeIfAbsent(piece, p -> new long[1])[0]++);
      }
      words = new int[distinct.size()][];
      counts = new long[distinct.size()];
      int word = 0;
      for (Map.Entry<String, long[]> entry : distinct.entrySet()) {
        byte[] bytes = entry.getKey().getBytes(StandardCharsets.UTF_8);
        int[] symbols = new int[bytes.length > MAX_PIECE_BYTES ? 0 : bytes.length];
        for (int i = 0; i < symbols.length; i++) {
          symbols[i] = symbolOfByte[bytes[i] & 0xFF];
        }
        words[word] = symbols;
        counts[word] = entry.getValue()[0];
        tally(word, 1, null);
        word++;
      }
    }

    void learn(int minimumCount) {
      pairs.forEach((pair, seen) -> queue.add(new Candidate(seen.count, pair)));
      while (tokens.size() < size && !queue.isEmpty()) {
        Candidate best = queue.poll();
        Pair seen = pairs.get(best.pair);
        if (seen == null || seen.count <= 0) {
          continue;
        }
        if (seen.count != best.count) {
          // The entry is from before neighbours merged; every increase queued its own, so only a decrease needs another look.
          if (seen.count < best.count) {
            queue.add(new Candidate(seen.count, best.pair));
          }
          continue;
        }
        if (best.count < minimumCount) {
          break;
        }
        merge(best.pair, seen);
      }
    }

    private void merge(long pair, Pair seen) {
      int left = (int) (pair >>> 32);
      int right = (int) pair;
      String bytes = text(left) + text(right);
      Integer known = idOf.get(bytes);
      int merged = known != null ? known : addToken(bytes);
      Set<Long> grown = new HashSet<>();
      for (int word : List.copyOf(seen.words)) {
        tally(word, -1, null);
        words[word] = replaced(words[word], left, right, merged);
        tally(word, 1, grown);
      }
      pairs.remove(pair);
      grown.remove(pair);
      for (long changed : grown) {
        queue.add(new Candidate(pairs.get(changed).count, changed));
      }
    }

    /** Adds ({@code sign} 1) or takes away (−1) the pairs of a word, noting in {@code touched} those added. */
    private void tally(int word, int sign, Set<Long> touched) {
      int[] symbols = words[word];
      for (int i = 0; i + 1 < symbols.length; i++) {
        long key = MergeTable.pair(symbols[i], symbols[i + 1]);
        Pair pair = sign > 0 ? pairs.computeIfAbsent(key, k -> new Pair()) : pairs.get(key);
        pair.count += sign * counts[word];
        if (sign > 0) {
          pair.words.add(word);
        }
        if (touched != null) {
          touched.add(key);
        }
      }
    }

    private static int[] replaced(int[] symbols, int left, int right, int merged) {
      IntList out = new IntList();
      for (int i = 0; i < symbols.length; i++) {
        if (symbols[i] == left && i + 1 < symbols.length && symbols[i + 1] == right) {
          out.add(merged);
          i++;
        } else {
          out.add(symbols[i]);
        }
      }
      return out.toArray();
    }

    private int addToken(String latin1) {
      int id = tokens.size();
      tokens.add(latin1.getBytes(StandardCharsets.ISO_8859_1));
      idOf.put(latin1, id);
      return id;
    }

    private String text(int id) {
      return new String(tokens.get(id), StandardCharsets.ISO_8859_1);
    }
  }
}
