package io.llama3v.train.stage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.backend.Backend;
import io.llama3v.data.pipeline.DataLoader;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.sample.SampleSource;
import io.llama3v.llama.LlamaModel;
import io.llama3v.tensor.Parameter;
import io.llama3v.train.checkpoint.CheckpointException;
import io.llama3v.train.cli.TinyModels;
import io.llama3v.train.loop.StepContext;
import io.llama3v.train.loop.TrainingResult;
import io.llama3v.train.optim.Schedule;
import io.llama3v.train.report.MetricsLog;
import io.llama3v.train.report.MetricsRecord;
import io.llama3v.train.report.TensorBoardReader;
import io.llama3v.vision.clip.ClipModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stages on models and data of one's own. */
class StageRunnerTest {
  @TempDir
  static Path folder;
  static Backend backend;

  @BeforeAll
  static void models() throws IOException {
    backend = Backend.best();
    TinyModels.write(backend, folder.resolve("llama"), folder.resolve("clip"));
    TinyShards.write(folder.resolve("shards"));
  }

  @AfterAll
  static void close() {
    backend.close();
  }

  private static VisionLanguageModel model() throws IOException {
    try (ClipModel clip = ClipModel.load(backend, folder.resolve("clip"))) {
      return VisionLanguageModel.builder().languageModel(LlamaModel.load(backend, folder.resolve("llama")))
          .visionEncoder(clip.vision()).crossAttentionEvery(4).tiles(4).tileSize(16).build();
    }
  }

  private static DataLoader.Builder<Sample> data() throws IOException {
    return DataLoader.open(folder.resolve("shards/train-{000000..000001}.tar")).batchSize(3);
  }

  private static SampleSource heldOut() throws IOException {
    return SampleSource.of(List.of(TinyShards.sample(12), TinyShards.sample(13)));
  }

  @Test
  void aStageIsThreeLines() throws IOException {
    Path run = folder.resolve("run");
    List<Long> heard = new ArrayList<>();
    try (VisionLanguageModel model = model()) {
      float[] frozen = model.parameters().get("language_model.model.layers.0.mlp.up_proj.weight").toFloats();
      float[] before = projector(model);
      TrainingResult result = StageRunner.adapterPretrain(model, data())
          .learningRate(Schedule.warmupCosine(1e-3, 1, 4)).weightDecay(0.01).logEvery(2)
          .every(2, Evaluation.retrieval(heldOut())).every(4, Evaluation.loss(heldOut(), 2))
          .listen(new StageListener() {
            @Override
            public void step(String stage, StepContext step) {
              heard.add(step.step());
            }
          }).run(run);
      assertEquals(4, result.step(), "as long as its schedule");
      assertEquals(12, result.images());
      assertArrayEquals(frozen, model.parameters().get("language_model.model.layers.0.mlp.up_proj.weight").toFloats());
      assertTrue(differ(before, projector(model)));
    }
    assertEquals(List.of(1L, 2L, 3L, 4L), heard);
    List<MetricsRecord> lines = MetricsLog.read(run.resolve("metrics.jsonl"));
    assertEquals(2, lines.stream().filter(l -> l.values().containsKey("eval/retrieval R@1")).count());
    assertEquals(1, lines.stream().filter(l -> l.values().containsKey("eval/loss")).count());
    assertTrue(lines.stream().anyMatch(l -> l.values().containsKey("gate/3/attention")));
    String report = Files.readString(run.resolve("report.html"));
    assertTrue(report.contains("Gates by layer, tanh: attention") && report.contains("Memory, MiB"));
    Map<String, List<Long>> events = new TreeMap<>();
    try (Stream<Path> files = Files.list(run.resolve("tensorboard/adapter"))) {
      for (TensorBoardReader.Message event : TensorBoardReader.read(files.findFirst().orElseThrow())) {
        if (!event.fields().containsKey(5)) continue;
        for (Object value : event.message(5).fields().get(1)) {
          events.computeIfAbsent(TensorBoardReader.Message.of(value).text(1), tag -> new ArrayList<>()).add((Long) event.get(2));
        }
      }
    }
    assertEquals(List.of(2L, 4L), events.get("loss"));
    assertEquals(List.of(2L, 4L), events.get("eval/retrieval R@1"));
    assertEquals(List.of(4L), events.get("eval/loss"));
    assertEquals(List.of(2L, 4L), events.get("gate/3/attention"));
  }

  @Test
  void aStoppedStageGoesOnAsIfItHadNotBeenStopped() throws IOException {
    float[] whole = train(folder.resolve("whole"), 6, null);
    assertThrows(IllegalStateException.class, () -> train(folder.resolve("parts"), 6, 4L));
    // With less memory on the way, too: recomputed blocks give the same bits.
    assertArrayEquals(whole, train(folder.resolve("parts"), 6, null, RecomputePart.VISION, RecomputePart.LANGUAGE, RecomputePart.ADAPTERS));
    assertThrows(IllegalArgumentException.class, () -> train(folder.resolve("no-text"), 1, null, RecomputePart.TEXT));
    CheckpointException refused = assertThrows(CheckpointException.class, () -> {
      try (VisionLanguageModel model = model()) {
        StageRunner.annealing(model, data()).learningRate(Schedule.constant(2e-3)).steps(6).run(folder.resolve("parts"));
      }
    });
    assertTrue(refused.getMessage().contains("learning_rate"), refused.getMessage());
  }

  private static float[] train(Path run, int steps, Long failAt, RecomputePart... recompute) throws IOException {
    try (VisionLanguageModel model = model()) {
      StageRunner.annealing(model, data()).learningRate(Schedule.constant(1e-3)).steps(steps).checkpointEvery(3).recompute(recompute)
          .listen(new StageListener() {
            @Override
            public void step(String stage, StepContext step) {
              if (failAt != null && step.step() == failAt) throw new IllegalStateException("stopped");
            }
          }).run(run);
      return projector(model);
    }
  }

  @Test
  void clipAndFineTuning() throws IOException {
    try (ClipModel clip = ClipModel.load(backend, folder.resolve("clip")); VisionLanguageModel model = model();
        var tokenizer = io.llama3v.text.Tokenizer.load(folder.resolve("llama"))) {
      TrainingResult result = StageRunner.clipPretrain(clip, data()).tokenizer(tokenizer).learningRate(Schedule.constant(1e-3)).steps(2)
          .every(1, Evaluation.retrieval(heldOut())).run(folder.resolve("c"));
      assertEquals(6, result.images());
      // Every third sample has a conversation; the others are replaced by the next that has one.
      TrainingResult sft = StageRunner.sft(model, data().batchSize(1)).learningRate(Schedule.constant(1e-3)).steps(1).run(folder.resolve("s"));
      assertEquals(1, sft.step());
      IllegalStateException endless = assertThrows(IllegalStateException.class,
          () -> StageRunner.sft(model, data()).learningRate(Schedule.constant(1e-3)).run(folder.resolve("e")));
      assertTrue(endless.getMessage().contains("steps(n)"), endless.getMessage());
    }
  }

  @Test
  void retrievalByLikelihoodFindsWhatTheModelLearned() throws IOException {
    try (VisionLanguageModel model = model()) {
      // Gates at 0: the picture changes nothing, so every caption ties and R@1 is chance.
      var tokenizer = io.llama3v.text.Tokenizer.load(folder.resolve("llama"));
      Map<String, Double> scores = Evaluation.retrieval(heldOut()).score(model, tokenizer);
      assertEquals(0.5, scores.get("retrieval R@1"), 1e-9);
      tokenizer.close();
      for (Map.Entry<String, Parameter> p : model.parameters().entrySet()) {
        if (p.getKey().endsWith("_gate")) backend.kernels().fill(p.getValue(), 1);
      }
      StageRunner.adapterPretrain(model, data().batchSize(6)).learningRate(Schedule.constant(1e-2)).steps(30).run(folder.resolve("learn"));
      try (var again = io.llama3v.text.Tokenizer.load(folder.resolve("llama"))) {
        assertEquals(1.0, Evaluation.retrieval(heldOut()).score(model, again).get("retrieval R@1"), 1e-9);
      }
    }
  }

  @Test
  void whatIsCutBeforeItsFirstAnswerIsNotMeasured() throws IOException {
    String json = "{\"conversations\": [{\"question\": \"" + "red blue ".repeat(2000) + "\", \"answer\": \"car\"}]}";
    Sample endless = new Sample("endless", Map.of("png", TinyShards.sample(0).image(), "json", json.getBytes(StandardCharsets.UTF_8)));
    try (VisionLanguageModel model = model(); var tokenizer = io.llama3v.text.Tokenizer.load(folder.resolve("llama"))) {
      double alone = Evaluation.loss(SampleSource.of(List.of(TinyShards.sample(1))), 1).score(model, tokenizer).get("loss");
      SampleSource both = SampleSource.of(List.of(endless, TinyShards.sample(1)));
      assertEquals(alone, Evaluation.loss(both, 2).score(model, tokenizer).get("loss"));
      assertThrows(IllegalArgumentException.class, () -> Evaluation.loss(both, 1).score(model, tokenizer));
    }
  }

  private static float[] projector(VisionLanguageModel model) {
    return model.parameters().get("multi_modal_projector.weight").toFloats();
  }

  private static boolean differ(float[] a, float[] b) {
    return !java.util.Arrays.equals(a, b);
  }
}
