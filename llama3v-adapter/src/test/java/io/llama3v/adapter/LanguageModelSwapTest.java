package io.llama3v.adapter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.llama3v.backend.Backend;
import io.llama3v.llama.LlamaConfig;
import io.llama3v.llama.LlamaModel;
import io.llama3v.llama.TextBatch;
import io.llama3v.tensor.Scope;
import io.llama3v.vision.VisionConfig;
import io.llama3v.vision.VisionTransformer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("try")
class LanguageModelSwapTest {
  private static final TextBatch TEXT = new TextBatch(2, 6, new int[] {1, 3, 5, 9, 12, 7, 1, 4, 3, 8, 6, 2}, null, null, null);
  @TempDir
  Path folder;

  private static LlamaModel llama(Backend backend, int layers, boolean tied, long seed) {
    LlamaModel llama = new LlamaModel(LlamaConfig.small(30, 24, 40, layers, 6, 2, tied, 1, 20 + (int) seed));
    llama.initialize(backend, seed);
    return llama;
  }

  private static VisionLanguageModel model(Backend backend) throws Exception {
    VisionTransformer tower = new VisionTransformer(VisionConfig.fromJson(new ObjectMapper().readTree("""
        {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_global_layers": 1, "attention_heads": 2,
         "image_size": 28, "patch_size": 14, "max_num_tiles": 1, "supported_aspect_ratios": [[1, 1]],
         "intermediate_layers_indices": [1], "vision_output_dim": 32}""")));
    tower.initialize(backend, 3);
    try (LlamaModel base = llama(backend, 4, false, 5)) {
      VisionLanguageModel model = VisionLanguageModel.builder().languageModel(base).visionEncoder(tower).crossAttentionEvery(2).build();
      // Blocks and norm of the Llama are those of the model now; closing the Llama would release them.
      Map<String, float[]> copy = new HashMap<>();
      model.parameters().forEach((name, p) -> copy.put(name, p.toFloats()));
      VisionLanguageModel own = new VisionLanguageModel(model.config());
      own.initialize(backend, 1);
      own.parameters().forEach((name, p) -> backend.upload(java.nio.FloatBuffer.wrap(copy.get(name)), p));
      model.close();
      own.parameters().forEach((name, p) -> {
        if (name.contains("_gate")) backend.kernels().fill(p, 1);
      });
      return own.freezeLanguageModel();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void textIsAnsweredAsTheOtherLlamaDoesBitForBit(boolean tied) throws Exception {
    try (Backend backend = Backend.named("cpu"); Scope scope = backend.scope(); VisionLanguageModel before = model(backend);
        LlamaModel tuned = llama(backend, 4, tied, 9)) {
      tuned.save(folder);
      Map<String, float[]> old = new HashMap<>();
      before.parameters().forEach((name, p) -> old.put(name, p.toFloats()));
      float[] base = before.logits(TEXT, null).toFloats();
      VisionLanguageModel swapped = before.withLanguageModel(folder);
      float[] answer = swapped.logits(TEXT, null).toFloats();
      assertFalse(Arrays.equals(base, answer));
      assertArrayEquals(tuned.logits(TEXT).toFloats(), answer);
      assertEquals(29, swapped.config().text().eosToken(), "the new model's own end of text");
      swapped.parameters().forEach((name, p) -> {
        boolean adapter = !name.startsWith("language_model.") || name.matches(".*layers\\.[14]\\..*");
        if (adapter) assertArrayEquals(old.get(name), p.toFloats(), name);
        assertEquals(adapter, p.isTrainable(), name);
      });
      float[] table = swapped.parameters().get("language_model.model.embed_tokens.weight").toFloats();
      float[] oldTable = old.get("language_model.model.embed_tokens.weight");
      assertArrayEquals(Arrays.copyOfRange(oldTable, 30 * 24, 38 * 24), Arrays.copyOfRange(table, 30 * 24, 38 * 24), "the image token's row");
    }
  }

  @Test
  void theTokenizerIsTheOtherLlamasWhereItHasOne() throws Exception {
    try (Backend backend = Backend.named("cpu"); Scope scope = backend.scope(); VisionLanguageModel before = model(backend);
        LlamaModel tuned = llama(backend, 4, false, 9)) {
      before.setOrigin(Path.of("base"));
      tuned.save(folder);
      assertEquals(Path.of("base"), before.withLanguageModel(folder).origin().orElseThrow());
      Files.writeString(folder.resolve("tokenizer.json"), "{}");
      VisionLanguageModel swapped = before.withLanguageModel(folder);
      assertEquals(folder, swapped.origin().orElseThrow());
      swapped.save(folder.resolve("saved"));
      assertTrue(Files.exists(folder.resolve("saved/tokenizer.json")));
    }
  }

  @Test
  void anotherShapeIsRefusedAndNothingChanges() throws Exception {
    try (Backend backend = Backend.named("cpu"); Scope scope = backend.scope(); VisionLanguageModel model = model(backend);
        LlamaModel deeper = llama(backend, 5, false, 9)) {
      deeper.save(folder);
      float[] before = model.logits(TEXT, null).toFloats();
      String message = assertThrows(IllegalArgumentException.class, () -> model.withLanguageModel(folder)).getMessage();
      assertTrue(message.contains("num_hidden_layers is 5 and should be 4"), message);
      assertArrayEquals(before, model.logits(TEXT, null).toFloats());
    }
  }
}
