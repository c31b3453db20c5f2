package io.llama3v.adapter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.llama3v.backend.Backend;
import io.llama3v.llama.LlamaConfig;
import io.llama3v.llama.LlamaModel;
import io.llama3v.llama.TextBatch;
import io.llama3v.tensor.Scope;
import io.llama3v.vision.VisionConfig;
import io.llama3v.vision.VisionTransformer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A new model from any Llama and any tower. */
class NewModelTest {
  private static final int[] IDS = {1, 30, 5, 9, 12, 7, 1, 4, 30, 8, 6, 2};

  private static VisionTransformer tower(Backend backend) throws Exception {
    VisionTransformer tower = new VisionTransformer(VisionConfig.fromJson(new ObjectMapper().readTree("""
        {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 3, "num_global_layers": 1, "attention_heads": 2,
         "image_size": 28, "patch_size": 14, "max_num_tiles": 2, "supported_aspect_ratios": [[1, 1], [1, 2], [2, 1]],
         "intermediate_layers_indices": [2, 0], "vision_output_dim": 48, "norm_eps": 1e-6}""")));
    tower.initialize(backend, 3);
    return tower;
  }

  private static ImageBatch images(int length) {
    float[] pixels = new float[2 * 2 * 3 * 28 * 28];
    for (int i = 0; i < pixels.length; i++) pixels[i] = (float) Math.sin(0.7 * i);
    float[] seen = new float[2 * length * 2];
    Arrays.fill(seen, 4, 2 * length * 2, 1);
    return new ImageBatch(2, 1, 2, 28, pixels, new int[][] {{2}, {1}}, new int[][] {{2}, {1}}, seen);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void answersAsItsLanguageModelDoesWhileGatesAreClosed(boolean tied) throws Exception {
    try (Backend backend = Backend.named("cpu"); Scope scope = backend.scope()) {
      try (LlamaModel llama = new LlamaModel(LlamaConfig.small(30, 24, 40, 4, 6, 2, tied, 1, 2))) {
        llama.initialize(scope.backend(), 5);
        int[] known = IDS.clone();
        for (int i = 0; i < known.length; i++) if (known[i] == 30) known[i] = 3;
        TextBatch text = new TextBatch(2, 6, known, null, null, null);
        float[] plain = llama.logits(text).toFloats();
        try (VisionLanguageModel model = VisionLanguageModel.builder().languageModel(llama).visionEncoder(tower(backend))
            .crossAttentionEvery(2).build()) {
          assertArrayEquals(new int[] {1, 4}, model.config().crossLayers());
          assertEquals(30, model.config().imageToken());
          assertEquals(38, model.config().text().embeddingRows());
          assertArrayEquals(plain, model.logits(text, null).toFloats());
          for (MaskRule rule : MaskRule.values()) {
            assertArrayEquals(plain, model.setMaskRule(rule).logits(text, images(6)).toFloats());
          }
          assertEquals(30, model.logits(new TextBatch(2, 6, IDS, null, null, null), images(6)).size(2), "image tokens have embeddings");
          model.parameters().forEach((name, p) -> assertEquals(
              !name.startsWith("language_model.") || name.matches(".*layers\\.[14]\\..*"), p.isTrainable(), name));
        }
      }
    }
  }

  /** As in the README, where the Llama has no name by which it could be closed. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void closingTheModelReleasesTheLlamaInIt(boolean tied) throws Exception {
    try (Backend backend = Backend.named("cpu")) {
      long before = backend.liveBytes();
      VisionTransformer tower = tower(backend);
      LlamaModel llama = new LlamaModel(LlamaConfig.small(30, 24, 40, 4, 6, 2, tied, 1, 2));
      llama.initialize(backend, 5);
      VisionLanguageModel model = VisionLanguageModel.builder().languageModel(llama).visionEncoder(tower).crossAttentionEvery(2).build();
      assertSame(llama.head(), model.language().head(), "the head is shared: a copy would be a second table of the whole vocabulary");
      assertEquals(model.parameters().size(), new VisionLanguageModel(model.config()).parameters().size());
      model.close();
      assertEquals(before, backend.liveBytes());
    }
  }

  @Test
  void openGatesLetTheImageIn() throws Exception {
    try (Backend backend = Backend.named("cpu"); Scope scope = backend.scope();
        LlamaModel llama = new LlamaModel(LlamaConfig.small(31, 24, 40, 4, 6, 2, false, 1, 2))) {
      llama.initialize(scope.backend(), 5);
      try (VisionLanguageModel model = VisionLanguageModel.builder().languageModel(llama).visionEncoder(tower(backend))
          .crossAttentionEvery(4).build()) {
        TextBatch text = new TextBatch(2, 6, IDS, null, null, null);
        float[] closed = model.logits(text, images(6)).toFloats();
        model.parameters().forEach((name, p) -> {
          if (name.contains("_gate")) backend.kernels().fill(p, 1);
        });
        float[] open = model.logits(text, images(6)).toFloats();
        int unseen = 2 * 31;
        assertArrayEquals(Arrays.copyOf(closed, unseen), Arrays.copyOf(open, unseen), "the first two tokens see no image");
        assertFalse(Arrays.equals(Arrays.copyOfRange(closed, unseen, closed.length), Arrays.copyOfRange(open, unseen, open.length)));
        assertTrue(model.language().crossLayers().get(0).gates()[0] > 0.7);
      }
    }
  }
}
