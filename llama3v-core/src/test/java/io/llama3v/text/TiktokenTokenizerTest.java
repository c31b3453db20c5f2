package io.llama3v.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TiktokenTokenizerTest {
  @TempDir Path folder;

  /** Bytes 0 … 255 in order, so that a single character's id is its code, then the given tokens from 256. */
  private Path file(String... tokens) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int b = 0; b < 256; b++) {
      lines.append(Base64.getEncoder().encodeToString(new byte[] {(byte) b})).append(' ').append(b).append('\n');
    }
    for (int i = 0; i < tokens.length; i++) {
      lines.append(Base64.getEncoder().encodeToString(tokens[i].getBytes(StandardCharsets.UTF_8))).append(' ').append(256 + i).append('\n');
    }
    return Files.writeString(folder.resolve("tokenizer.model"), lines);
  }

  @Test
  void aPieceThatIsATokenIsTakenWhole() throws IOException {
    // No merge leads to "abcd": neither "cd" nor "abc" nor "bcd" is a token.
    try (Tokenizer t = TiktokenTokenizer.load(file("ab", "abcd"))) {
      assertArrayEquals(new int[] {257}, t.encode("abcd"));
      assertArrayEquals(new int[] {'x', 256, 'c', 'd'}, t.encode("xabcd"));
    }
  }

  @Test
  void mergingIsByRankAndNotByLength() throws IOException {
    // xabc: "bc" (256) merges before "ab" (257); then a+bc = abc (258).
    try (Tokenizer t = TiktokenTokenizer.load(file("bc", "ab", "abc"))) {
      assertArrayEquals(new int[] {'x', 258}, t.encode("xabc"));
    }
    // Without "abc" in the vocabulary the "ab" has been missed.
    try (Tokenizer t = TiktokenTokenizer.load(file("bc", "ab"))) {
      assertArrayEquals(new int[] {'x', 'a', 256}, t.encode("xabc"));
      assertArrayEquals(new int[] {257, 257, 'a'}, t.encode("ababa"), "of equal ranks the leftmost");
    }
  }

  @Test
  void specialTokensFollowTheRanks() throws IOException {
    try (Tokenizer t = Tokenizer.load(file("ab").getParent())) {
      assertEquals(257 + 256, t.vocabularySize());
      Map<String, Integer> s = t.specialTokens();
      assertEquals(257, s.get("<|begin_of_text|>"));
      assertEquals(258, s.get("<|end_of_text|>"));
      assertEquals(257 + 256, s.get("<|image|>"));
      assertEquals(257, s.size());
    }
  }

  @Test
  void specialTokensOfTheReleasedVocabulary() {
    Map<String, Integer> s = TiktokenTokenizer.llama3Specials(128000);
    Map<String, Integer> expected = Map.of("<|begin_of_text|>", 128000, "<|end_of_text|>", 128001, "<|finetune_right_pad_id|>", 128004,
        "<|start_header_id|>", 128006, "<|end_header_id|>", 128007, "<|eom_id|>", 128008, "<|eot_id|>", 128009, "<|python_tag|>", 128010,
        "<|image|>", 128256, "<|reserved_special_token_247|>", 128255);
    expected.forEach((name, id) -> assertEquals(id, s.get(name), name));
    assertEquals(128256, TiktokenTokenizer.headRows(128000, s));
  }

  @Test
  void textSurvivesARoundTripAndSpecialNamesStayText() throws IOException {
    try (Tokenizer t = TiktokenTokenizer.load(file("th", "the", " the", "<|", "|>"))) {
      for (String text : Corpus.NASTY) {
        int[] ids = t.encode(text);
        assertEquals(text, t.decode(ids));
        for (int id : ids) {
          assertTrue(id < 261, text);
        }
      }
      assertEquals("", t.decode(new int[] {261, 517, 9999, -1}), "special and unknown ids have no text");
      assertEquals("<|begin_of_text|>", t.tokenText(261));
    }
  }

  @Test
  void theHeapMergesLikeThePlainRule() {
    Random random = new Random(5);
    for (int round = 0; round < 200; round++) {
      MergeTable table = new MergeTable(4);
      int rules = 1 + random.nextInt(40);
      for (int rank = 0; rank < rules; rank++) {
        table.put(random.nextInt(3 + rank), random.nextInt(3 + rank), rank, 3 + rank);
      }
      int[] symbols = random.ints(1 + random.nextInt(60), 0, 3).toArray();
      List<Integer> plain = new ArrayList<>();
      for (int symbol : symbols) {
        plain.add(symbol);
      }
      while (true) {
        int best = -1;
        for (int i = 0; i + 1 < plain.size(); i++) {
          long found = table.find(plain.get(i), plain.get(i + 1));
          if (found != MergeTable.NONE && (best < 0 || found >>> 32 < table.find(plain.get(best), plain.get(best + 1)) >>> 32)) {
            best = i;
          }
        }
        if (best < 0) {
          break;
        }
        plain.set(best, (int) table.find(plain.get(best), plain.get(best + 1)));
        plain.remove(best + 1);
      }
      int left = new BytePairMerger(table).merge(symbols, symbols.length);
      assertArrayEquals(plain.stream().mapToInt(i -> i).toArray(), Arrays.copyOf(symbols, left));
    }
  }

  @Test
  void longWordsDoNotTakeQuadraticTime() throws IOException {
    try (Tokenizer t = TiktokenTokenizer.load(file("ab", "ba", "aba"))) {
      String word = "ab".repeat(150_000);
      int[] ids = Assertions.assertTimeoutPreemptively(Duration.ofSeconds(60), () -> t.encode(word));
      assertEquals(word, t.decode(ids));
    }
  }

  @Test
  void malformedFilesAreNamedWithTheirLine() throws IOException {
    Path file = file("ab", "cd");
    List<String> good = Files.readAllLines(file);
    Map<String, Integer> broken = Map.of("!!!! 256", 257, "YWI= 300", 257, "YWI=", 257, "YWI= x", 257, good.get(3).replace(" 3", " 256"), 257);
    for (Map.Entry<String, Integer> entry : broken.entrySet()) {
      List<String> lines = new ArrayList<>(good);
      lines.set(entry.getValue() - 1, entry.getKey());
      Files.write(file, lines);
      TokenizerFormatException e = assertThrows(TokenizerFormatException.class, () -> TiktokenTokenizer.load(file), entry.getKey());
      assertTrue(e.getMessage().startsWith(file + ":" + entry.getValue() + ": "), e.getMessage());
    }
    Files.write(file, good.subList(0, 200));
    assertTrue(assertThrows(TokenizerFormatException.class, () -> TiktokenTokenizer.load(file)).getMessage().contains("no token for byte 200"));
    Files.write(file, new byte[] {10, 7, 10, 3, (byte) 0xE2, (byte) 0x96});
    assertThrows(TokenizerFormatException.class, () -> TiktokenTokenizer.load(file));
    assertThrows(TokenizerFormatException.class, () -> TiktokenTokenizer.load(folder.resolve("none.model")));
  }
}
