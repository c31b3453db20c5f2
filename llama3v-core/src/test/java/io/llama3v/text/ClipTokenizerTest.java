package io.llama3v.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClipTokenizerTest {
  private static final String MERGES = "#version: 0.2\nc a\nca t</w>\nd o\ndo g</w>\n";
  private static final int CAT = 513;
  private static final int DO = 514;
  private static final int DOG = 515;
  private static final int START = 516;
  private static final int END = 517;

  @TempDir Path folder;
  private Tokenizer tokenizer;

  @BeforeEach
  void load() throws IOException {
    tokenizer = ClipTokenizer.load(Files.writeString(folder.resolve("merges.txt"), MERGES));
  }

  /** Id of an ASCII letter inside a word; the alphabet's printable part starts at '!'. */
  private static int letter(char c) {
    return c - '!';
  }

  private static int last(char c) {
    return 256 + letter(c);
  }

  @Test
  void wordsEndInAMark() {
    assertArrayEquals(new int[] {CAT, DOG}, tokenizer.encode("Cat  dog"));
    assertArrayEquals(new int[] {512, letter('t'), last('s')}, tokenizer.encode("cats"), "t within a word is not t at its end");
    assertArrayEquals(new int[] {DO, letter('g'), last('e')}, tokenizer.encode("DOGE"));
    assertEquals("cat dog", tokenizer.decode(tokenizer.encode(" CAT\n\tdog ")));
    assertEquals(518, tokenizer.vocabularySize());
    assertEquals(Map.of("<|startoftext|>", START, "<|endoftext|>", END), tokenizer.specialTokens());
  }

  @Test
  void piecesAreWordsDigitsMarksAndContractions() {
    assertArrayEquals(new int[] {last('1'), last('2'), last('a'), letter('!'), last('?'), DOG, letter('\''), last('s')},
        tokenizer.encode("12a!?dog's"));
  }

  @Test
  void textIsCleanedAsOpenClipDoes() {
    assertEquals("<b> & \u20AC é it's \"so\" fi a b", ClipText.clean("  &amp;lt;B&gt; &amp;amp; &#x80; e\u0301 It\u2019s \u201Cso\u201D \uFB01 \uFF21\u3000B "));
    assertEquals("\u00ACit; &zzz; \uFFFD", ClipText.clean("&notit; &zzz; &#xD800;"));

    assertEquals("café", ClipText.clean("CAF&EACUTE;"));
    assertEquals("redtext", ClipText.clean("\u001B[31mred\u001B[0m\u0000\uFEFFtext"));
  }

  @Test
  void rowsKeepTheirEnd() throws IOException {
    ContextWindow window = ((ClipTokenizer) tokenizer).context(5);
    assertArrayEquals(new int[] {START, CAT, END, 0, 0}, window.encode("cat"));
    assertArrayEquals(new int[] {START, CAT, DOG, CAT, END}, window.encode("cat dog cat dog dog"));
    assertArrayEquals(new int[] {START, END, 0, 0, 0}, window.encode(""));
    assertEquals(77, ((ClipTokenizer) tokenizer).context().encode("cat").length);
    assertThrows(IllegalArgumentException.class, () -> ((ClipTokenizer) tokenizer).context(1));
  }

  @Test
  void specialNamesStayText() {
    for (int id : tokenizer.encode("a <|endoftext|> b<|startoftext|>")) {
      assertTrue(id < START);
    }
  }

  @Test
  void packedAndFolderFormsAgree() throws IOException {
    Path packed = folder.resolve("bpe.txt.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
      out.write(MERGES.getBytes(StandardCharsets.UTF_8));
    }
    try (Tokenizer other = Tokenizer.load(packed); Tokenizer third = Tokenizer.load(folder)) {
      assertArrayEquals(tokenizer.encode("a cat's dog"), other.encode("a cat's dog"));
      assertEquals(tokenizer.fingerprint(), other.fingerprint());
      assertEquals(tokenizer.fingerprint(), third.fingerprint());
    }
  }

  @Test
  void vocabJsonGivesTheIds() throws IOException {
    StringBuilder json = new StringBuilder("{\"<|startoftext|>\":0,\"<|endoftext|>\":1,\"ca\":2,\"cat</w>\":3,\"do\":4,\"dog</w>\":5");
    for (int b = 0; b < 256; b++) {
      String c = String.valueOf(ByteAlphabet.charOf(b)).replace("\\", "\\\\").replace("\"", "\\\"");
      json.append(",\"").append(c).append("\":").append(10 + b).append(",\"").append(c).append("</w>\":").append(266 + b);
    }
    Files.writeString(folder.resolve("vocab.json"), json + "}");
    try (Tokenizer t = Tokenizer.load(folder)) {
      assertArrayEquals(new int[] {3, 5, 266 + 'x'}, t.encode("cat dog x"));
      assertEquals(0, t.specialId("<|startoftext|>").getAsInt());
      assertEquals("cat dog x", t.decode(t.encode("cat dog x")));
    }
    Files.writeString(folder.resolve("vocab.json"), json.toString().replace("\"do\"", "\"other\"") + "}");
    assertTrue(assertThrows(TokenizerFormatException.class, () -> Tokenizer.load(folder)).getMessage().contains("merges.txt:4: 'do' has no id"));
  }

  @Test
  void malformedMergesAreNamedWithTheirLine() throws IOException {
    for (String wrong : List.of("one", "a b c", "zz y")) {
      Path file = Files.writeString(folder.resolve("bad.txt"), "#version\na b\n" + wrong + "\n");
      String message = assertThrows(TokenizerFormatException.class, () -> ClipTokenizer.load(file), wrong).getMessage();
      assertTrue(message.startsWith(file + ":3: "), message);
    }
    Path endless = Files.writeString(folder.resolve("bad.txt"), "x".repeat(5000));
    assertThrows(TokenizerFormatException.class, () -> ClipTokenizer.load(endless));
    assertThrows(TokenizerFormatException.class, () -> ClipTokenizer.load(folder.resolve("none.txt")));
  }

  @Test
  void aWindowKnowsWhoseTokenizerItIs() {
    assertArrayEquals(new int[] {START, CAT, END, 0, 0}, ContextWindow.of(tokenizer, 5).encode("cat"));
    Tokenizer llama = new BytePairTrainer(270).train(List.of("a cat")).tokenizer();
    ContextWindow window = ContextWindow.of(llama, 5);
    assertEquals(llama.specialId("<|begin_of_text|>").orElseThrow(), window.encode("a")[0]);
    assertEquals(llama.specialId("<|end_of_text|>").orElseThrow(), window.encode("a")[2]);
  }

  @Test
  void filesGoAlongWithAModel() throws IOException {
    Path copy = folder.resolve("copy");
    TokenizerFiles.copy(folder, copy);
    assertArrayEquals(tokenizer.encode("cat dog"), Tokenizer.load(copy).encode("cat dog"));
    TokenizerFiles.copy(folder.resolve("nothing"), copy);
    assertTrue(Tokenizer.isIn(copy));
  }
}
