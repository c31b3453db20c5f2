package io.llama3v.adapter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.llama3v.backend.Backend;
import io.llama3v.llama.LlamaConfig;
import io.llama3v.llama.LlamaModel;
import io.llama3v.llama.TextBatch;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;
import io.llama3v.vision.VisionConfig;
import io.llama3v.vision.VisionTransformer;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Blocks that are run again give the gradients of blocks that were recorded, bit for bit, and record less. */
class RecomputeTest {
  private static final int[] IDS = {30, 3, 5, 9, 12, 7, 1, 4, 30, 8, 6, 2};

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
      if (name.contains("_gate")) backend.kernels().fill(p, 0.5);
    });
    return model;
  }

  private static ImageBatch images() {
    float[] pixels = new float[2 * 2 * 3 * 28 * 28];
    for (int i = 0; i < pixels.length; i++) pixels[i] = (float) Math.sin(0.7 * i);
    // Of the second row's tokens the first two see nothing.
    float[] seen = new float[2 * 6 * 2];
    for (int i = 0; i < seen.length; i++) seen[i] = i < 12 || i >= 16 && i % 2 == 0 ? 1 : 0;
    return new ImageBatch(2, 1, 2, 28, pixels, new int[][] {{2}, {1}}, new int[][] {{2}, {1}}, seen);
  }

  /** Padding in front of a text, so that keys are masked. */
  private static TextBatch text() {
    int[] labels = IDS.clone();
    for (int i = 0; i < labels.length; i++) if (labels[i] == 30) labels[i] = -100;
    return new TextBatch(2, 6, IDS, labels, new float[] {0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, null);
  }

  private record Run(int recorded, Map<String, float[]> gradients) {}

  private static Run run(Backend backend, VisionLanguageModel model) {
    Map<String, float[]> gradients = new TreeMap<>();
    int recorded;
    try (Tape tape = Tape.record(backend)) {
      Tensor loss = model.loss(text(), images(), 10);
      recorded = tape.size();
      tape.backward(loss);
    }
    model.parameters().forEach((name, p) -> {
      if (p.grad() != null) gradients.put(name, p.grad().toFloats());
      p.clearGrad();
    });
    return new Run(recorded, gradients);
  }

  @ParameterizedTest
  @CsvSource({"true, false, false, false", "false, true, false, false", "false, false, true, false", "true, true, true, false",
      "true, true, true, true"})
  void gradientsAreTheSame(boolean vision, boolean language, boolean adapters, boolean trainAll) throws Exception {
    try (Backend backend = Backend.named("cpu"); VisionLanguageModel model = model(backend)) {
      if (trainAll) model.unfreeze();
      Run plain = run(backend, model);
      model.vision().recompute(vision);
      model.language().recomputeSelfAttention(language);
      model.language().recomputeCrossAttention(adapters);
      Run again = run(backend, model);
      assertTrue(again.recorded < plain.recorded, again.recorded + " operations instead of " + plain.recorded);
      assertEquals(plain.gradients.keySet(), again.gradients.keySet());
      plain.gradients.forEach((name, gradient) -> assertArrayEquals(gradient, again.gradients.get(name), name));
    }
  }
}
