package io.llama3v.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainedTokenizerTest {
  @TempDir static Path folder;
  private static TrainedVocabulary vocabulary;

  @BeforeAll
  static void train() throws IOException {
    vocabulary = new BytePairTrainer(700).train(Corpus.sentences(3000));
    vocabulary.save(folder);
  }

  @Test
  void idsAreLaidOutAsInLlama32() {
    try (Tokenizer t = vocabulary.tokenizer()) {
      assertEquals(700, t.vocabularySize());
      assertEquals(700, t.imageTokenId());
      assertEquals(700, t.specialId("<|image|>").getAsInt());
      assertEquals(vocabulary.tokens().size(), t.specialId("<|begin_of_text|>").getAsInt());
      assertEquals(SpecialTokens.CHAT.size() + 1, t.specialTokens().size());
      assertEquals(699, t.specialId("<|eot_id|>").getAsInt());
      assertTrue(t.specialId("<|nothing|>").isEmpty());
      assertArrayEquals(new int[] {t.encode(" corner")[0]}, t.encode(" corner"), "a frequent word is one token");
    }
  }

  @Test
  void huggingFaceLoadsWhatWasSavedAndGivesTheSameIds() throws IOException {
    try (Tokenizer own = vocabulary.tokenizer(); Tokenizer huggingFace = Tokenizer.load(folder)) {
      assertEquals(own.vocabularySize(), huggingFace.vocabularySize());
      assertEquals(own.specialTokens(), huggingFace.specialTokens());
      List<String> texts = new ArrayList<>(Corpus.NASTY);
      texts.addAll(Corpus.sentences(200));
      Random random = new Random(1);
      int[] alphabet = "a b'\n\t.é日א1😀\u0301 eot<|>rst".codePoints().toArray();
      for (int i = 0; i < 300; i++) {
        StringBuilder text = new StringBuilder();
        for (int j = 0; j < 30; j++) {
          text.appendCodePoint(alphabet[random.nextInt(alphabet.length)]);
        }
        texts.add(text.toString());
      }
      for (String text : texts) {
        int[] ids = own.encode(text);
        assertArrayEquals(huggingFace.encode(text), ids, text);
        assertEquals(text, own.decode(ids));
        assertEquals(text, huggingFace.decode(ids));
      }
    }
  }

  @Test
  void specialNamesInTextStayText() throws IOException {
    try (Tokenizer own = vocabulary.tokenizer(); Tokenizer huggingFace = HuggingFaceTokenizer.load(folder)) {
      for (Tokenizer t : List.of(own, huggingFace)) {
        for (String name : t.specialTokens().keySet()) {
          for (int id : t.encode("x" + name + "y")) {
            assertTrue(id < vocabulary.tokens().size(), name + " became " + id);
          }
          int id = t.specialId(name).getAsInt();
          assertEquals(name, t.tokenText(id));
          assertEquals("", t.decode(new int[] {id}));
        }
      }
    }
  }

  @Test
  void unpairedSurrogatesAreReplaced() throws IOException {
    try (Tokenizer own = vocabulary.tokenizer(); Tokenizer huggingFace = HuggingFaceTokenizer.load(folder)) {
      assertEquals("a\uFFFDb\uFFFD", own.decode(own.encode("a\uD83Db\uDC69")));
      assertArrayEquals(own.encode("a\uD83Db\uDC69"), huggingFace.encode("a\uD83Db\uDC69"));
    }
  }

  @Test
  void trainingDependsOnTheTextAlone(@TempDir Path other) throws IOException {
    List<String> shuffled = new ArrayList<>(Corpus.sentences(3000));
    Collections.shuffle(shuffled, new Random(3));
    new BytePairTrainer(700).train(shuffled).save(other);
    for (String file : List.of("tokenizer.json", "tokenizer_config.json")) {
      assertEquals(Files.readString(folder.resolve(file)), Files.readString(other.resolve(file)));
    }
    try (Tokenizer a = HuggingFaceTokenizer.load(folder); Tokenizer b = HuggingFaceTokenizer.load(other);
        Tokenizer c = vocabulary.tokenizer(); Tokenizer d = new BytePairTrainer(600).train(shuffled).tokenizer()) {
      assertEquals(a.fingerprint(), b.fingerprint());
      assertEquals(64, c.fingerprint().length());
      assertNotEquals(c.fingerprint(), d.fingerprint());
    }
  }

  @Test
  void aSmallTextIsFilledUpWithReservedTokens() {
    try (Tokenizer t = new BytePairTrainer(300, List.of("<|begin_of_text|>", "<|image|>")).train(List.of("aa aa")).tokenizer()) {
      assertEquals(300, t.vocabularySize());
      assertEquals(300, t.specialId("<|image|>").getAsInt());
      assertEquals(299, t.specialTokens().values().stream().mapToInt(i -> i).filter(i -> i < 300).max().getAsInt());
      assertTrue(t.specialId("<|reserved_special_token_0|>").isPresent());
      assertEquals(3, t.encode("aa aa").length, "'aa' occurs twice, so it is a token; ' aa' once, so it is not");
    }
  }

  @Test
  void frequentPairsComeFirst() {
    // "ab" 3 times, "bc" twice: "ab" wins; then "abc" = "ab"+"c" twice.
    TrainedVocabulary learned = new BytePairTrainer(258, List.of()).minimumCount(1).train(List.of("abc", "abc", "ab"));
    assertArrayEquals("ab".getBytes(StandardCharsets.US_ASCII), learned.tokens().get(256));
    assertArrayEquals("abc".getBytes(StandardCharsets.US_ASCII), learned.tokens().get(257));
  }

  @Test
  void vocabularyMustHoldBytesAndSpecials() {
    assertTrue(assertThrows(IllegalArgumentException.class, () -> new BytePairTrainer(260)).getMessage().contains("262"));
  }

  @Test
  void configurationNamesTemplateAndTokens() throws IOException {
    JsonNode configuration = new ObjectMapper().readTree(folder.resolve("tokenizer_config.json").toFile());
    assertEquals("<|begin_of_text|>", configuration.get("bos_token").asText());
    assertTrue(configuration.get("chat_template").asText().contains("<|start_header_id|>"));
    assertEquals("<|image|>", configuration.get("added_tokens_decoder").get("700").get("content").asText());
  }

  @Test
  void brokenFilesAreNamed(@TempDir Path broken) throws IOException {
    Path file = broken.resolve("tokenizer.json");
    assertThrows(TokenizerFormatException.class, () -> Tokenizer.load(broken));
    for (String content : List.of("{\n\"model\": {", "[]", "{\"model\":{\"type\":\"Nonsense\",\"vocab\":{}}}",
        "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":-1},\"merges\":[]}}",
        "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":2000000000},\"merges\":[]}}", "version https://git-lfs.github.com/spec/v1")) {
      Files.writeString(file, content);
      TokenizerFormatException e = assertThrows(TokenizerFormatException.class, () -> HuggingFaceTokenizer.load(broken), content);
      assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
    }
  }

  @Test
  void useAfterCloseIsAnErrorAndNotACrash() throws IOException {
    Tokenizer t = HuggingFaceTokenizer.load(folder);
    t.close();
    t.close();
    assertThrows(IllegalStateException.class, () -> t.encode("x"));
  }
}
