package io.llama3v.data.curate.ngram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VocabularyBuilderTest {
  /** 16 words: new x4, york x2, old x2, the x8; "new york" twice, within commas. */
  private static final ReferenceText TEXT = ReferenceText.of(List.of("new york, the the old", "the new york. the the", "the new, old",
      "new the the"));

  private static List<String> of(Vocabulary vocabulary, String origin) {
    List<String> out = new ArrayList<>();
    for (int i = 0; i < vocabulary.size(); i++) if (vocabulary.origin(i).equals(origin)) out.add(vocabulary.entry(i));
    return out;
  }

  @Test
  void mutualInformationByHand() throws IOException {
    ReferenceCounts counts = new ReferenceCounts(TEXT, 1, true);
    assertEquals(16, counts.tokens());
    assertEquals(List.of(new ReferenceCounts.Word("the", 8), new ReferenceCounts.Word("new", 4), new ReferenceCounts.Word("old", 2),
        new ReferenceCounts.Word("york", 2)), counts.words());
    Map<String, ReferenceCounts.Bigram> bigrams = new HashMap<>();
    counts.bigrams(1).forEach(b -> bigrams.put(b.text(), b));
    assertEquals(Set.of("new york", "the the", "the old", "the new", "new the"), bigrams.keySet(), "none over a mark or a line's end");
    // log2(2 * 16 / (4 * 2)) = 2; log2(3 * 16 / 64) = -0.415; log2(16 / 16) = 0
    assertEquals(2, bigrams.get("new york").pmi(), 1e-12);
    assertEquals(Math.log(0.75) / Math.log(2), bigrams.get("the the").pmi(), 1e-12);
    assertEquals(0, bigrams.get("the old").pmi(), 1e-12);
    assertEquals(2, bigrams.get("the new").count());
    assertEquals(0, bigrams.get("the new").pmi(), 1e-12);
  }

  @Test
  void rules() throws IOException {
    assertEquals(List.of("new york"), of(new VocabularyBuilder().text(TEXT, 1, new BigramRule.Threshold(1), 1).build(), "bigram"));
    assertEquals(List.of(), of(new VocabularyBuilder().text(TEXT, 1, new BigramRule.Threshold(30), 1).build(), "bigram"));
    // The largest possible is log2(16 / 2) = 3 bits.
    assertEquals(List.of("new york"), of(new VocabularyBuilder().text(TEXT, 1, new BigramRule.ShareOfLargest(0.66), 2).build(), "bigram"));
    assertEquals(List.of(), of(new VocabularyBuilder().text(TEXT, 1, new BigramRule.ShareOfLargest(0.67), 2).build(), "bigram"));
    // Half of four unigrams: two, the second by count among those of 0 bits.
    assertEquals(List.of("new york", "the new"), of(new VocabularyBuilder().text(TEXT, 1, new BigramRule.ShareOfUnigrams(0.5), 1).build(), "bigram"));
    Vocabulary frequent = new VocabularyBuilder().text(TEXT, 3, new BigramRule.Threshold(-9), 1).build();
    assertEquals(List.of("the", "new"), of(frequent, "unigram"));
    assertEquals(Set.of("the the", "the new", "new the"), new TreeSet<>(of(frequent, "bigram")), "of frequent words only");
  }

  @Test
  void partsAndFiles(@TempDir Path folder) throws IOException {
    Path titles = folder.resolve("titles.tsv");
    Files.writeString(titles, "Golden_Gate_Bridge\t900\nTalk:Cats\t900\nRare\t69\nU.S. Route 66\t100\nnew\t100\n");
    Path words = folder.resolve("wordnet.txt");
    Files.writeString(words, "ice_cream\ncat\n!\n\n");
    VocabularyBuilder builder = new VocabularyBuilder().numbers().words(words).text(TEXT, 1, null, 1).titles(titles, 70);
    Vocabulary vocabulary = builder.build();
    assertEquals(100, of(vocabulary, "number").size());
    assertEquals(List.of("ice cream", "cat"), of(vocabulary, "wordnet"));
    assertEquals(List.of("Golden Gate Bridge"), of(vocabulary, "title"));
    assertEquals(Map.of("single mark", 1, "can never be found in a caption", 1), builder.skipped());
    Path file = folder.resolve("vocabulary.tsv");
    vocabulary.save(file);
    Vocabulary read = Vocabulary.load(file);
    for (int i = 0; i < vocabulary.size(); i++) assertEquals(vocabulary.entry(i) + vocabulary.origin(i), read.entry(i) + read.origin(i));
    assertEquals(vocabulary.size(), read.size());
    assertEquals(102, new VocabularyBuilder().limit(102).numbers().words(words).text(TEXT, 1, null, 1).build().size());

    Files.writeString(titles, "no views here\n");
    String message = assertThrows(IOException.class, () -> new VocabularyBuilder().titles(titles, 1)).getMessage();
    assertTrue(message.contains("titles.tsv:1") && message.contains("page views"), message);
    Files.writeString(file, "a\nb\na\n");
    message = assertThrows(IOException.class, () -> Vocabulary.load(file)).getMessage();
    assertTrue(message.contains("vocabulary.tsv:3"), message);
  }

  @Test
  void pairsInBoundedMemory() {
    PairCounts pairs = new PairCounts(100);
    Random random = new Random(1);
    Map<Long, Integer> exact = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      int a = i % 3 == 0 ? 1 : random.nextInt(1000);
      int b = i % 3 == 0 ? 2 : random.nextInt(1000);
      pairs.increment(a, b);
      exact.merge((long) a << 32 | b, 1, Integer::sum);
    }
    assertTrue(pairs.undercount() > 0);
    int[] held = {0, 0};
    pairs.forEach((a, b, count) -> {
      int true_ = exact.get((long) a << 32 | b);
      assertTrue(count <= true_ && count >= true_ - pairs.undercount());
      held[0]++;
      if (a == 1 && b == 2) held[1] = count;
    });
    assertTrue(held[0] <= 100);
    assertTrue(held[1] >= 6_667 - pairs.undercount() && held[1] > 6_000, "a frequent pair survives: " + held[1]);
  }
}
