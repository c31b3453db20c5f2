package io.llama3v.train.estimate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.meta.MetaBackend;
import io.llama3v.backend.nd4j.Nd4jBackend;
import io.llama3v.config.ConfigLoader;
import io.llama3v.tensor.DType;
import io.llama3v.tensor.Parameter;
import io.llama3v.train.stage.PipelineConfig;
import io.llama3v.train.stage.PlannedStage;
import io.llama3v.train.stage.PlannedStages;
import io.llama3v.train.stage.RecomputePart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EstimatorTest {
  private static final String SMALL = """
      run: runs/none
      stages: [language-model, clip, adapter, annealing, sft, reward, rejection, dpo, quality]
      language_model:
        {vocabulary: 50, hidden: 16, intermediate: 24, layers: 4, heads: 4, kv_heads: 2, max_tokens: 7,
         training: {steps: 10, batch_size: 3, learning_rate: 1e-3}}
      clip:
        {image_size: 8, patch: 4, vision: {width: 16, layers: 2, heads: 2}, text: {width: 16, layers: 1, heads: 2}, embed: 8, context: 6,
         training: {steps: 4, batch_size: 10, micro_batch: 2, learning_rate: 1e-3}}
      adapter:
        {tile_size: 8, tiles: 2, every: 2, global_layers: 1, features: [1], max_tokens: 9,
         training: {steps: 5, batch_size: 8, micro_batch: 2, learning_rate: 1e-3, average: {kind: ema}, parts: [{match: ["vision_model.*"], train: false}]}}
      annealing:
        schedules: {tile_size: {at: {0: 8, 3: 16}}}
        training: {steps: 5, batch_size: 2, learning_rate: 1e-3, recompute: [vision]}
      sft: {training: {steps: 5, batch_size: 2, learning_rate: 1e-3, packing: 20}, runs: [{seed: 1}, {seed: 2}, {seed: 3}]}
      reward: {training: {steps: 5, batch_size: 6, micro_batch: 2, learning_rate: 1e-3, recompute: [adapters]}}
      rejection: {questions: 4}
      dpo: {nll: 0.2, training: {steps: 5, batch_size: 6, micro_batch: 2, learning_rate: 1e-3}}
      quality: {training: {steps: 5, batch_size: 2, learning_rate: 1e-3}}
      """;

  @TempDir
  private Path folder;

  private PlannedStages plan(String yaml) throws IOException {
    Path file = folder.resolve("config.yaml");
    Files.writeString(file, yaml);
    return PlannedStages.of(ConfigLoader.load(file, PipelineConfig.class, List.of()));
  }

  private static Map<String, StageEstimate> estimates(PlannedStages planned) throws IOException {
    Map<String, StageEstimate> all = new java.util.LinkedHashMap<>();
    for (PlannedStage<?> stage : planned.stages()) all.put(stage.name(), Estimator.of(stage));
    return all;
  }

  @Test
  void stagesAreThoseOfTheConfiguration() throws IOException {
    Map<String, StageEstimate> all = estimates(plan(SMALL));
    assertEquals(List.of("language-model", "clip", "adapter", "annealing/phase-1", "annealing/phase-2", "sft", "reward", "dpo", "quality"),
        List.copyOf(all.keySet()));
    assertEquals(3, all.get("sft").repeats());
    assertEquals(2, all.get("annealing/phase-2").steps());
    assertEquals(5, all.get("clip").microBatches());
  }

  @Test
  void languageModelByHand() throws IOException {
    StageEstimate lm = estimates(plan(SMALL)).get("language-model");
    // A block: q and o 16x16, k and v 8x16, three of 24x16: 1920, and two norms; embedding and head 50x16, the last norm.
    long weights = 4 * (1920 + 2 * 16) + 2 * 50 * 16 + 16;
    assertEquals(weights, lm.parts().stream().mapToLong(ModelParts.Part::weights).sum());
    assertEquals(weights, lm.parts().stream().mapToLong(ModelParts.Part::trained).sum());
    assertEquals(4 * weights, lm.memory().weights());
    assertEquals(8 * weights, lm.memory().moments());
    assertEquals(4 * weights, lm.memory().gradients());
    // 3 rows of 7 tokens, 6 of them learned; forward 2 operations a weight, backward 4; causal pairs 7·8/2, 16 channels, 2 products.
    assertEquals(6.0 * (4 * 1920 * 21 + 800 * 18) + 3.0 * 4 * (3 * 28 * 16 * 4), lm.operations());
    assertEquals(10 * lm.operations(), lm.allOperations());
  }

  @Test
  void frozenPartsHaveNoGradientsAndNoMoments() throws IOException {
    StageEstimate adapter = estimates(plan(SMALL)).get("adapter");
    Map<String, ModelParts.Part> parts = adapter.parts().stream().collect(Collectors.toMap(ModelParts.Part::name, p -> p));
    // Two layers: q and o 16x16, k and v 8x16, three of 24x16, two norms of 16 and two of 4, two gates. The projector is 16x32 and 16.
    long trained = 2 * (1920 + 32 + 8 + 2) + 16 * 32 + 16;
    assertEquals(trained - 16 * 33, parts.get("cross-attention layers").trained());
    assertEquals(0, parts.get("language model, layers").trained());
    assertEquals(0, parts.get("image encoder").trained());
    assertEquals(4 * trained, adapter.memory().gradients());
    assertEquals(8 * trained, adapter.memory().moments());
    assertEquals(4 * trained, adapter.memory().average());
  }

  @Test
  void stagesAfterFineTuningHoldWhatTheyAdd() throws IOException {
    Map<String, StageEstimate> all = estimates(plan(SMALL));
    long trained = all.get("sft").memory().gradients();
    // One weight a channel, and its gradient.
    assertEquals(all.get("sft").memory().weights() + 4 * 16, all.get("reward").memory().weights());
    assertEquals(trained + 4 * 16, all.get("reward").memory().gradients());
    assertEquals(List.of("reward head"), all.get("reward").parts().stream().map(ModelParts.Part::name)
        .filter(name -> all.get("sft").parts().stream().noneMatch(p -> p.name().equals(name))).toList());
    // The reference holds what trains once more; quality tuning holds nothing besides the model.
    assertEquals(trained, all.get("dpo").memory().average());
    assertEquals(0, all.get("quality").memory().average());
    String notes = plan(SMALL).notes().toString();
    assertTrue(notes.contains("'rejection'") && notes.contains("two models"), notes);
  }

  @Test
  void inBf16MatricesThatAreFrozenTakeHalfAndTrainedOnesHaveACopy() throws IOException {
    PlannedStage<?> adapter = plan(SMALL).stages().get(2);
    long frozenMatrices = 0;
    long others = 0;
    for (Parameter p : adapter.model().parameters().values()) {
      if (p.rank() >= 2 && !p.isTrainable()) frozenMatrices += p.elements();
      else others += p.elements();
    }
    MemoryEstimate f32 = estimates(plan(SMALL)).get("adapter").memory();
    MemoryEstimate bf16 = Estimator.of(adapter, DType.BF16).memory();
    assertEquals(2 * frozenMatrices + 4 * others, bf16.weights());
    assertEquals(f32.gradients(), bf16.gradients());
    assertEquals(f32.moments(), bf16.moments());
    assertTrue(bf16.activations() < 0.7 * f32.activations(), bf16 + " " + f32);
    // Two cross-attention layers: q and o 16x16, k and v 8x16, three of 24x16; the projector 16x32 with its bias of 16, which the
    // product adds. The frozen tower's bias rows are read through copies as well.
    long copied = 2 * 2 * 1920 + 2 * (16 * 32 + 16);
    assertTrue(bf16.copies() >= copied && bf16.copies() <= copied + 2 * others, bf16.copies() + " " + copied);
  }

  @Test
  void memoryIsWhatARealBackendUses() throws IOException {
    Map<String, StageEstimate> all = estimates(plan(SMALL));
    for (PlannedStage<?> stage : plan(SMALL).stages()) {
      Measurement measured = Measurement.of(stage, Nd4jBackend::new);
      assertEquals(measured.tensors(), all.get(stage.name()).memory().peak(), stage.name());
    }
  }

  @Test
  void manyMicroBatchesAreWhatTheyWouldCountUpTo() throws IOException {
    Map<String, StageEstimate> all = estimates(plan(SMALL));
    for (PlannedStage<?> stage : plan(SMALL).stages()) {
      try (MetaBackend meta = new MetaBackend()) {
        meta.allocate(stage.model().parameters().values());
        try (PlannedStage.State state = stage.prepare()) {
          meta.reset();
          stage.run(state, stage.recomputed(), stage.accumulate(), 1);
        }
        assertEquals(meta.operations(), all.get(stage.name()).operations(), stage.name());
        assertEquals(meta.peakBytes(), all.get(stage.name()).memory().peak(), stage.name());
      }
    }
  }

  @Test
  void recomputationCostsOneForwardPassOfItsBlocks() throws IOException {
    StageEstimate lm = estimates(plan(SMALL)).get("language-model");
    assertTrue(lm.recomputingAll().activations() < lm.keepingAll().activations());
    assertEquals(lm.memory(), lm.keepingAll());
    StageEstimate annealing = estimates(plan(SMALL)).get("annealing/phase-1");
    assertTrue(annealing.operations() > annealing.operationsKeepingAll());
    assertEquals(List.of(RecomputePart.VISION), plan(SMALL).stages().get(3).recomputed());
  }

  @Test
  void modelsThatFitNowhereArePlanned() throws IOException {
    PlannedStages planned = plan("""
        run: runs/none
        stages: [adapter]
        language_model:
          {load: no/such/folder, vocabulary: 128256, hidden: 16384, intermediate: 53248, layers: 126, heads: 128, kv_heads: 8}
        clip: {load: no/such/clip, image_size: 224, patch: 14, vision: {width: 1280, layers: 32, heads: 16}}
        adapter:
          tile_size: 336
          global_layers: 8
          features: [3, 7, 15, 23, 30]
          max_tokens: 64
          training: {steps: 10, batch_size: 4096, micro_batch: 1, learning_rate: 1e-4}
        """);
    assertEquals(2, planned.notes().size(), planned.notes().toString());
    Map<String, ModelParts.Part> parts = estimates(planned).get("adapter").parts().stream().collect(Collectors.toMap(ModelParts.Part::name, p -> p));
    // Llama 3.1 405B has 405,853,388,800 weights; 8 more rows of embeddings belong to the image token.
    assertEquals(405_853_388_800L + 8 * 16_384, parts.get("language model, layers").frozen() + parts.get("language model, embeddings and head").frozen());
    // One cross-attention layer every four: 31 of 3,187,704,066.
    assertEquals(31 * 3_187_704_066L, parts.get("cross-attention layers").trained());
  }

  @Test
  void aModelOfWhichNothingIsKnownIsNamed() {
    String message = assertThrows(IllegalArgumentException.class, () -> plan("""
        run: runs/none
        stages: [sft]
        sft: {from: no/such/folder, max_tokens: 9, training: {steps: 1, batch_size: 1, learning_rate: 1e-3}}
        """)).getMessage();
    assertTrue(message.contains("'sft'") && message.contains("no/such/folder"), message);
  }
}
