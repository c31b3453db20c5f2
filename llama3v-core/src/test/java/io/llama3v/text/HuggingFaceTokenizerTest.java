package io.llama3v.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HuggingFaceTokenizerTest {
  @TempDir Path folder;

  /** BERT's and CLIP's files list special tokens in the model's vocabulary too, and name one as the unknown token. */
  @Test
  void specialsInsideTheVocabularyKeepTheirRoles() throws IOException {
    Files.writeString(folder.resolve("tokenizer.json"), """
        {"version":"1.0","truncation":{"direction":"Right","max_length":2,"strategy":"LongestFirst","stride":0},"padding":null,
         "added_tokens":[
          {"id":0,"content":"[UNK]","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true},
          {"id":3,"content":"[SEP]","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true},
          {"id":4,"content":"tool","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":false},
          {"id":5,"content":"<|image|>","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true}],
         "normalizer":null,"pre_tokenizer":{"type":"Whitespace"},"post_processor":null,"decoder":null,
         "model":{"type":"WordLevel","vocab":{"[UNK]":0,"one":1,"two":2},"unk_token":"[UNK]"}}
        """);
    try (Tokenizer t = Tokenizer.load(folder)) {
      assertArrayEquals(new int[] {1, 0, 2, 4, 1}, t.encode("one three two tool one"), "no truncation, unknown words become [UNK]");
      assertArrayEquals(new int[] {0, 0, 0}, t.encode("[SEP]"), "three pieces of unknown text, not the separator");
      assertEquals(5, t.vocabularySize());
      assertEquals(5, t.imageTokenId());
      assertEquals("[SEP]", t.tokenText(3));
      assertEquals("tool", t.decode(new int[] {3, 4, 5}));
    }
  }
}
