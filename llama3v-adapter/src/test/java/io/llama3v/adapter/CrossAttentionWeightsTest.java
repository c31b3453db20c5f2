package io.llama3v.adapter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.llama3v.backend.AttentionMask;
import io.llama3v.backend.Backend;
import io.llama3v.llama.LlamaConfig;
import io.llama3v.llama.LlamaModel;
import io.llama3v.llama.TextBatch;
import io.llama3v.ops.ScaledDotProductAttention;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Tensor;
import io.llama3v.vision.VisionConfig;
import io.llama3v.vision.VisionTransformer;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Weights of the cross-attention, against the attention kernel itself: values that are unit vectors make it show its weights. */
class CrossAttentionWeightsTest {
  private static final int LENGTH = 5;
  /** One image of two tiles; the first token sees nothing, the second one tile, the others both. */
  private static final float[] SEEN = {0, 0, 1, 0, 1, 1, 1, 1, 1, 1};

  private static VisionLanguageModel model(Backend backend) throws Exception {
    VisionTransformer tower = new VisionTransformer(VisionConfig.fromJson(new ObjectMapper().readTree("""
        {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_global_layers": 1, "attention_heads": 2,
         "image_size": 28, "patch_size": 14, "max_num_tiles": 2, "supported_aspect_ratios": [[1, 1], [1, 2], [2, 1]],
         "intermediate_layers_indices": [0], "vision_output_dim": 32, "norm_eps": 1e-6}""")));
    tower.initialize(backend, 3);
    LlamaModel llama = new LlamaModel(LlamaConfig.small(30, 24, 40, 4, 6, 2, false, 1, 2));
    llama.initialize(backend, 5);
    VisionLanguageModel model = VisionLanguageModel.builder().languageModel(llama).visionEncoder(tower).crossAttentionEvery(2).build();
    model.parameters().forEach((name, p) -> {
      if (name.contains("_gate")) backend.kernels().fill(p, 1);
    });
    return model;
  }

  private static ImageBatch images() {
    float[] pixels = new float[2 * 3 * 28 * 28];
    for (int i = 0; i < pixels.length; i++) pixels[i] = (float) Math.sin(0.7 * i);
    return new ImageBatch(1, 1, 2, 28, pixels, new int[][] {{2}}, new int[][] {{2}}, SEEN);
  }

  @Test
  void areThoseOfTheKernel() throws Exception {
    TextBatch text = TextBatch.of(30, 5, 9, 12, 7);
    try (Backend backend = Backend.named("cpu"); VisionLanguageModel model = model(backend); Scope scope = backend.scope()) {
      CrossAttentionWeights weights = CrossAttentionWeights.of(model, text, images(), 0);
      assertArrayEquals(new int[] {1, 4}, weights.layers());
      assertEquals(5, weights.positions(), "2 x 2 patches and the class token");
      Map<String, Tensor> seen = new HashMap<>();
      model.hidden(text, images(), (name, t) -> {
        if (name.contains("cross_attn_")) seen.put(name, backend.detached(t.type(), t.shape()));
        if (name.contains("cross_attn_")) backend.kernels().copy(t, seen.get(name));
      });
      for (int l = 0; l < 2; l++) {
        int layer = weights.layers()[l];
        float[] expected = kernel(backend, seen.get("text.cross_attn_query." + layer), seen.get("text.cross_attn_key." + layer));
        assertArrayEquals(expected, weights.weights()[l], 2e-6f);
      }
      seen.values().forEach(Tensor::close);
      double[] sums = new double[LENGTH];
      for (int i = 0; i < LENGTH * 10; i++) sums[i / 10] += weights.weights()[0][i];
      assertArrayEquals(new double[] {0, 1, 1, 1, 1}, sums, 1e-5);
      double[] shares = weights.tileShares(0, 0);
      assertEquals(0.8, shares[0] + shares[1], 1e-5, "four of five tokens see something");
      CrossAttentionWeights last = CrossAttentionWeights.of(model, text, images(), 4);
      assertArrayEquals(java.util.Arrays.copyOfRange(weights.weights()[1], 40, 50), last.mean(1), 1e-6f);
      assertEquals(last.mean(1)[6], last.patches(1, 0, 2)[4], "the second tile's first patch follows its class token");
      assertThrows(IllegalArgumentException.class, () -> CrossAttentionWeights.of(model, text, null, 0));
    }
  }

  /** Weights [L, S] as the attention kernel applies them: values are unit vectors, d keys at a time. */
  private static float[] kernel(Backend backend, Tensor q, Tensor k) {
    int heads = (int) q.size(2);
    int d = (int) q.size(3);
    int keys = (int) k.size(1);
    int keyHeads = (int) k.size(2);
    float[] mean = new float[LENGTH * keys];
    for (int first = 0; first < keys; first += d) {
      float[] values = new float[keys * keyHeads * d];
      for (int s = first; s < Math.min(keys, first + d); s++) {
        for (int h = 0; h < keyHeads; h++) values[(s * keyHeads + h) * d + s - first] = 1;
      }
      float[] out = ScaledDotProductAttention.apply(q, k, backend.tensor(values, 1, keys, keyHeads, d),
          AttentionMask.groups(backend.tensor(SEEN, 1, LENGTH, 2))).toFloats();
      for (int t = 0; t < LENGTH; t++) {
        for (int s = first; s < Math.min(keys, first + d); s++) {
          for (int h = 0; h < heads; h++) mean[t * keys + s] += out[(t * heads + h) * d + s - first] / heads;
        }
      }
    }
    return mean;
  }
}
