package io.llama3v.train.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.backend.Backend;
import io.llama3v.config.ConfigException;
import io.llama3v.config.ConfigLoader;
import io.llama3v.data.format.LineException;
import io.llama3v.data.pipeline.Selection;
import io.llama3v.data.pipeline.TooManyBadSamplesException;
import io.llama3v.io.Digests;
import io.llama3v.io.Json;
import io.llama3v.train.checkpoint.CheckpointStore;
import io.llama3v.train.cli.TinyModels;
import io.llama3v.train.exact.TinyCorpus;
import io.llama3v.train.loop.StepContext;
import io.llama3v.train.loop.StopSignal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sources of all kinds, mixtures, orders and bad samples, as a stage's YAML states them. The corpus' seventh scene is damaged. */
class LoaderSettingsTest {
  private static final String CONFIG = """
      run: %1$s/%2$s
      seed: 3
      backend: cpu
      stages: [adapter]
      language_model: {load: %1$s/llama}
      clip: {load: %1$s/clip}
      adapter:
        tile_size: 16
        every: 2
        global_layers: 1
        features: [1]
        max_tokens: 60
        data: %3$s
        schedules: {mixture: %4$s}
        training: {steps: %5$d, batch_size: 4, micro_batch: 2, learning_rate: 5e-3, workers: 2, checkpoint_every: 2, loader: %6$s}
      """;
  @TempDir
  static Path folder;

  @BeforeAll
  static void write() throws IOException {
    TinyCorpus.write(folder.resolve("corpus"));
    try (Backend backend = Backend.named("cpu")) {
      TinyModels.write(backend, folder.resolve("llama"), folder.resolve("clip"));
    }
    // All scenes but the damaged one, and of the second shard only the third scene, under a caption of its own.
    try (Selection.Writer writer = new Selection.Writer(folder.resolve("kept.jsonl.gz"))) {
      List<String> keys = new ArrayList<>();
      for (int i = 0; i < 10; i++) if (i != 7) keys.add("train-" + i);
      writer.shard("train-000000.tar", keys, Map.of());
      writer.shard("train-000001.tar", List.of("train-12"), Map.of("train-12", List.of("a caption of its own")));
      writer.shard("train-000002.tar", List.of(), Map.of());
      writer.publish();
    }
    StringBuilder lines = new StringBuilder();
    Files.createDirectories(folder.resolve("pairs/pictures"));
    for (int i = 0; i < 8; i++) {
      if (i != 5) Files.write(folder.resolve("pairs/pictures/" + i + ".png"), TinyShards.sample(i).image());
      lines.append("{\"image\": \"pictures/").append(i).append(".png\", \"captions\": [\"a thing\", \"a car ").append(i).append("\"]}\n");
    }
    Files.writeString(folder.resolve("pairs/pairs.jsonl"), lines);
  }

  private static final String SCENES = "%1$s/corpus/scenes/train-*.tar";

  private static PipelineConfig config(String run, String data, String mixture, int steps, String loader) {
    String yaml = CONFIG.formatted(folder, run, data.formatted(folder), mixture, steps, loader);
    return ConfigLoader.parse(yaml, "test", PipelineConfig.class, List.of());
  }

  private static void run(String run, String data, String mixture, int steps, String loader) throws IOException {
    Pipeline.of(config(run, data, mixture, steps, loader)).run();
  }

  @Test
  void aSelectionIsAppliedWithoutOtherShards() throws IOException {
    run("selected", "{scenes: {shards: \"" + SCENES + "#selection=%1$s/kept.jsonl.gz\"}}", "{}", 12, "{bad_samples: raise}");
    TooManyBadSamplesException all = assertThrows(TooManyBadSamplesException.class,
        () -> run("unselected", "{scenes: {shards: \"" + SCENES + "\"}}", "{}", 12, "{bad_samples: raise}"));
    assertTrue(all.examples().get(0).contains("train-7"), all.examples().toString());
  }

  @Test
  void badSamplesAreWrittenDownAndCapped() throws IOException {
    String pairs = "{pairs: {shards: \"%1$s/pairs/pairs.jsonl\"}}";
    run("quarantine", pairs, "{}", 4, "{bad_samples: quarantine, max_bad: 0.5, prefetch: 3}");
    List<String> lines = Files.readAllLines(folder.resolve("quarantine/adapter/bad-samples.jsonl"));
    assertEquals(2, lines.size(), "16 places are two passes over 8 lines");
    for (String line : lines) {
      JsonNode bad = Json.parse(line, "line");
      assertEquals(LineException.class.getSimpleName(), bad.path("reason").asText());
      assertTrue(bad.path("message").asText().contains("pairs.jsonl:6"), line);
    }
    TooManyBadSamplesException capped = assertThrows(TooManyBadSamplesException.class, () -> run("capped", pairs, "{}", 40, "{max_bad: 0.05}"));
    assertTrue(capped.getMessage().contains("0.05"), capped.getMessage());
  }

  private static final String MIXED = "{scenes: {shards: \"" + SCENES + "\"}, pairs: {shards: \"%1$s/pairs/*.jsonl\"}, "
      + "chosen: {shards: \"" + SCENES + "#selection=%1$s/kept.jsonl.gz\"}, text: {lines: \"%1$s/corpus/text/train.txt\", weight: 0.2}}";
  private static final String CHANGING = "{scenes: {shape: linear, at: {0: 1, 9: 0}}, pairs: {at: {0: 0, 5: 1}}}";

  @Test
  void aMixtureOfAllGoesOnExactly() throws IOException {
    String loader = "{shuffle: window, window: 6, bad_samples: quarantine, max_bad: 0.5, prefetch: 4}";
    run("whole", MIXED, CHANGING, 9, loader);
    for (int stopAt : new int[] {3, 7}) {
      StopSignal stop = new StopSignal();
      Pipeline pipeline = Pipeline.of(config("stopped", MIXED, CHANGING, 9, loader))
          .session(new RunSession(CheckpointStore.Damage.REFUSE, Set.of(), stop)).listen(new StageListener() {
            @Override
            public void step(String stage, StepContext step) {
              if (step.step() == stopAt) stop.request();
            }
          });
      assertThrows(TrainingStoppedException.class, pipeline::run);
    }
    run("stopped", MIXED, CHANGING, 9, loader);
    assertEquals(Digests.sha256(folder.resolve("whole/adapter/model.safetensors")), Digests.sha256(folder.resolve("stopped/adapter/model.safetensors")));
    assertEquals(badSamples("whole"), badSamples("stopped"));
    run("global", MIXED, CHANGING, 9, "{bad_samples: quarantine, max_bad: 0.5}");
    assertFalse(Digests.sha256(folder.resolve("whole/adapter/model.safetensors"))
        .equals(Digests.sha256(folder.resolve("global/adapter/model.safetensors"))), "the order is another one");
  }

  private static List<String> badSamples(String run) throws IOException {
    Path file = folder.resolve(run).resolve("adapter").resolve(LoaderConfig.BAD_SAMPLES);
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  @Test
  void settingsThatMakeNoSenseAreRefused() {
    String scenes = "{scenes: {shards: x.tar}}";
    assertTrue(assertThrows(ConfigException.class, () -> config("x", scenes, "{}", 1, "{window: 5}")).getMessage().contains("shuffle: window"));
    assertTrue(assertThrows(ConfigException.class, () -> config("x", scenes, "{}", 1, "{max_bad: 2}")).getMessage().contains("max_bad 2"));
    assertTrue(assertThrows(ConfigException.class, () -> config("x", scenes, "{}", 1, "{bad_samples: ignore}")).getMessage().contains("quarantine"));
  }
}
