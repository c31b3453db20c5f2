package io.llama3v.train.stage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.backend.Backend;
import io.llama3v.config.ConfigLoader;
import io.llama3v.io.Json;
import io.llama3v.io.ShardedWeights;
import io.llama3v.llama.LlamaConfig;
import io.llama3v.llama.LlamaModel;
import io.llama3v.train.cli.TinyModels;
import io.llama3v.train.exact.TinyCorpus;
import io.llama3v.train.report.MetricsLog;
import io.llama3v.train.report.MetricsRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One run through all that a stage can change on its way: sizes, mixtures, lengths, rates; averages; a sweep with low-rank updates; soups. */
class ScheduledStagesTest {
  private static final String CONFIG = """
      run: %1$s/run
      seed: 3
      backend: cpu
      stages: [adapter, annealing, sft]
      corpus: {folder: %1$s/corpus}
      language_model: {load: %1$s/llama}
      clip: {load: %1$s/clip}
      adapter:
        tile_size: 16
        every: 2
        global_layers: 1
        features: [1]
        gate: 0.5
        max_tokens: 80
        question_share: 0.5
        training: {steps: 3, batch_size: 4, micro_batch: 2, learning_rate: 5e-3, log_every: 1}
      annealing:
        optimizer: carry
        data:
          captions: {shards: "%1$s/corpus/scenes/train-*.tar"}
          questions: {shards: "%1$s/corpus/questions/train-*.tar", share: 0.5}
          text: {lines: "%1$s/corpus/text/train.txt", weight: 0.5}
        schedules:
          tile_size: {at: {0: 16, 3: 24}}
          max_tokens: {shape: linear, at: {0: 60, 5: 80}}
          difficulty: {shape: linear, at: {0: 0.4, 5: 1}}
          learning_rate: {shape: cosine, at: {0: 4e-3, 6: 0}}
          mixture: {captions: {shape: linear, at: {0: 1, 6: 0}}}
        training: {steps: 6, batch_size: 4, micro_batch: 2, learning_rate: 1e-3, log_every: 1, average: {from: 0.6}}
      sft:
        language_model: %1$s/instruct
        sweep: {learning_rate: [1e-2, 1e-3], weight_decay: [0.1], share: [0.7]}
        validation: {samples: 2, score: loss}
        training:
          steps: 2
          batch_size: 4
          learning_rate: 1
          log_every: 1
          lora: {match: ["*.cross_attn.q_proj", "vision_model.*.fc1"], rank: 2}
          parts: [{match: ["*cross_attn_*_gate"], train: true, learning_rate: 3}]
      """;
  @TempDir
  static Path folder;
  static Path run;

  @BeforeAll
  static void runAll() throws IOException {
    run = folder.resolve("run");
    TinyCorpus.write(folder.resolve("corpus"));
    try (Backend backend = Backend.named("cpu")) {
      TinyModels.write(backend, folder.resolve("llama"), folder.resolve("clip"));
      LlamaConfig shape = LlamaConfig.fromJson(Json.read(folder.resolve("llama/config.json")));
      try (LlamaModel instruct = new LlamaModel(shape)) {
        instruct.initialize(backend, 77);
        instruct.save(folder.resolve("instruct"));
      }
    }
    pipeline();
  }

  private static void pipeline() throws IOException {
    Pipeline.of(ConfigLoader.parse(CONFIG.formatted(folder), "test", PipelineConfig.class, List.of())).run();
  }

  private static float[] weights(String file, String name) throws IOException {
    try (ShardedWeights source = ShardedWeights.open(run.resolve(file))) {
      return source.readFloats(name);
    }
  }

  @Test
  void tilesGrowOnTheWay() throws IOException {
    assertEquals(16, Json.read(run.resolve("annealing/phase-1/config.json")).at("/vision_config/image_size").asInt());
    assertEquals(24, Json.read(run.resolve("annealing/config.json")).at("/vision_config/image_size").asInt());
    // 3 x 3 patches and the class.
    assertEquals(10 * 16, weights("annealing", "vision_model.gated_positional_embedding.embedding").length);
    List<MetricsRecord> lines = MetricsLog.read(run.resolve("metrics.jsonl"));
    for (int phase = 1; phase <= 2; phase++) {
      String stage = "annealing/phase-" + phase;
      double[] rates = lines.stream().filter(l -> l.stage().equals(stage) && l.values().containsKey("lr"))
          .mapToDouble(l -> l.values().get("lr")).toArray();
      for (int i = 0; i < 3; i++) {
        assertEquals(4e-3 * (1 + Math.cos(Math.PI * (i + 3 * (phase - 1)) / 6)) / 2, rates[i], 1e-9, "the rate goes on where it was");
      }
    }
  }

  @Test
  void theOptimiserIsCarriedOver() throws IOException {
    String positions = "vision_model.gated_positional_embedding.embedding";
    try (ShardedWeights last = ShardedWeights.open(run.resolve("annealing/phase-2/checkpoints/step_3/optimizer.safetensors"))) {
      assertEquals(9, last.readLongs("step." + positions)[0], "3 updates in the adapter stage, 3 in each phase");
      assertEquals(10 * 16, last.readFloats("exp_avg." + positions).length, "its moments have the new size");
    }
  }

  @Test
  void theResultIsTheAverageOfTheTail() throws IOException {
    String name = "multi_modal_projector.weight";
    float[] result = weights("annealing", name);
    assertArrayEquals(weights("annealing/phase-2/checkpoints/step_3/ema.safetensors", name), result);
    assertFalse(Arrays.equals(weights("annealing/phase-2/checkpoints/step_3/weights.safetensors", name), result));
  }

  @Test
  void theLanguageModelIsFrozenAndThenSwapped() throws IOException {
    String own = "model.layers.1.mlp.up_proj.weight";
    // Every second block is preceded by a cross-attention layer: block 1 is layer 2 of all.
    String ours = "language_model.model.layers.2.mlp.up_proj.weight";
    try (ShardedWeights llama = ShardedWeights.open(folder.resolve("llama")); ShardedWeights other = ShardedWeights.open(folder.resolve("instruct"))) {
      assertArrayEquals(llama.readFloats(own), weights("annealing", ours));
      assertArrayEquals(other.readFloats(own), weights("sft/run-1", ours));
      assertArrayEquals(other.readFloats(own), weights("sft/soup", ours));
    }
  }

  @Test
  void lowRankUpdatesAreMergedAndNothingElseTrains() throws IOException {
    try (ShardedWeights before = ShardedWeights.open(run.resolve("annealing")); ShardedWeights after = ShardedWeights.open(run.resolve("sft/run-1"))) {
      assertEquals(before.names(), after.names(), "no trace of the updates");
      for (String name : before.names()) {
        boolean language = name.startsWith("language_model.") && !name.contains("cross_attn");
        if (language) continue; // swapped
        boolean trains = name.endsWith("cross_attn.q_proj.weight") || name.matches("vision_model\\..*fc1\\.weight") || name.endsWith("_gate")
            && name.contains("cross_attn_");
        boolean equal = Arrays.equals(before.readFloats(name), after.readFloats(name));
        if (!trains) assertTrue(equal, name);
        else if (name.contains("q_proj") || name.endsWith("_gate")) assertFalse(equal, name);
      }
    }
    assertTrue(Files.exists(run.resolve("sft/run-1/checkpoints/step_2/weights.safetensors")));
    try (ShardedWeights trained = ShardedWeights.open(run.resolve("sft/run-1/checkpoints/step_2/weights.safetensors"))) {
      assertTrue(trained.names().stream().allMatch(name -> name.contains(".lora_") || name.endsWith("_gate")), trained.names().toString());
    }
  }

  @Test
  void trialsAreRankedAndTheSoupIsComparedWithTheBest() throws IOException {
    JsonNode table = Json.read(run.resolve("sft/sweep.json"));
    assertEquals("negative loss", table.path("metric").asText());
    assertEquals(2, table.path("samples").asInt());
    double first = table.at("/rows/0/scores/negative loss").asDouble();
    double second = table.at("/rows/1/scores/negative loss").asDouble();
    assertTrue(first >= second && first < 0, first + " and " + second);
    assertEquals("uniform soup of 2", table.at("/rows/2/name").asText().replace(", chosen", ""));
    assertTrue(table.at("/rows/2/scores").has("negative loss, other samples"));
    assertTrue(table.path("verdict").asText().contains("best single run"), table.path("verdict").asText());
    double soup = table.at("/rows/2/scores/negative loss").asDouble();
    boolean chosen = table.at("/rows/2/name").asText().endsWith(", chosen");
    assertEquals(soup >= first, chosen);
    String best = table.at("/rows/0/name").asText();
    String other = best.equals("run-1") ? "run-2" : "run-1";
    String name = "language_model.model.layers.1.cross_attn.q_proj.weight";
    float[] a = weights("sft/" + best, name);
    float[] b = weights("sft/" + other, name);
    float[] result = weights("sft/soup", name);
    for (int i = 0; i < a.length; i++) assertEquals(chosen ? (float) (((double) a[i] + b[i]) / 2) : a[i], result[i]);
  }

  @Test
  void aFinishedRunHasNothingLeftToDo() throws IOException {
    var before = Files.getLastModifiedTime(run.resolve("sft/soup/config.json"));
    pipeline();
    assertEquals(before, Files.getLastModifiedTime(run.resolve("sft/soup/config.json")));
  }
}
