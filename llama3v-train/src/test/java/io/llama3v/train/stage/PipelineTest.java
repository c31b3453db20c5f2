package io.llama3v.train.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.config.ConfigLoader;
import io.llama3v.io.Json;
import io.llama3v.nn.Linear;
import io.llama3v.train.checkpoint.CheckpointException;
import io.llama3v.train.checkpoint.CheckpointStore;
import io.llama3v.train.loop.BatchSource;
import io.llama3v.train.loop.StopSignal;
import io.llama3v.train.loop.Task;
import io.llama3v.train.optim.Schedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run makes of what earlier runs left, and what {@code --dry-run} says that it would make of it. */
class PipelineTest {
  private static final String TRAINING = "training: {steps: 100, batch_size: 8, learning_rate: 1e-3}";
  @TempDir Path folder;

  private PipelineConfig config(String stages, String... overrides) {
    String yaml = "run: " + folder.resolve("run") + "\nseed: 1\nbackend: cpu\nstages: [" + stages + "]\nlanguage_model: {load: lm}\nclip: {load: clip}\n"
        + "adapter: {tile_size: 16, max_tokens: 9, " + TRAINING + "}\nannealing: {tile_size: 16, " + TRAINING + "}\n"
        + "sft: {" + TRAINING + ", runs: [{seed: 1}, {seed: 2}]}\n";
    return ConfigLoader.parse(yaml, "test", PipelineConfig.class, List.of(overrides));
  }

  private static void done(PipelineConfig config, String stage) throws IOException {
    DoneMarker.write(new StageContext(config, null, RunSession.strict(), Listeners.NONE), stage, 1);
  }

  @Test
  void aRefusalComesBeforeAnyWorkAndLeavesTheRunAsItWas() throws IOException {
    Pipeline.of(config("")).add("second", context -> { }).run();
    String before = Files.readString(folder.resolve("run/config.yaml"));
    List<String> ran = new ArrayList<>();
    Pipeline other = Pipeline.of(config("", "seed=2")).add("first", context -> ran.add("first")).add("second", context -> ran.add("second"));
    String message = assertThrows(IllegalStateException.class, other::run).getMessage();
    assertTrue(message.contains("seed was 1, is now 2"), message);
    assertEquals(List.of(), ran, "the first stage would have been trained for a run that cannot go on");
    assertEquals(before, Files.readString(folder.resolve("run/config.yaml")));
  }

  @Test
  void anEvaluationUnderOtherSettingsIsCarriedOutAgain() throws IOException {
    done(config("evaluation", "evaluation.candidates=1000"), "evaluation");
    StageContext same = new StageContext(config("evaluation", "evaluation.candidates=1000"), null, RunSession.strict(), Listeners.NONE);
    assertTrue(Pipeline.isDone(same, "evaluation"));
    PipelineConfig now = config("evaluation");
    assertFalse(Pipeline.isDone(new StageContext(now, null, RunSession.strict(), Listeners.NONE), "evaluation"));
    StageProgress progress = StageProgress.of(now, "evaluation", false, Set.of());
    assertEquals(List.of(), progress.refused());
    assertTrue(progress.text().contains("carried out again"), progress.text());
  }

  @Test
  void noStageBeginsOnceTheRunIsAskedToStop() {
    StopSignal stop = new StopSignal();
    List<String> ran = new ArrayList<>();
    Pipeline pipeline = Pipeline.of(config("")).session(new RunSession(CheckpointStore.Damage.REFUSE, Set.of(), stop))
        .add("first", context -> {
          ran.add("first");
          stop.request();
        }).add("second", context -> ran.add("second"));
    assertTrue(assertThrows(TrainingStoppedException.class, pipeline::run).getMessage().contains("before 'second'"));
    assertEquals(List.of("first"), ran);
    assertTrue(Files.exists(folder.resolve("run/first/done.json")));
  }

  @Test
  void whatWasBuiltOnAStageThatIsGoneDoesNotCountAsDone() throws IOException {
    PipelineConfig config = config("adapter, annealing");
    done(config, "annealing");
    String message = assertThrows(IllegalStateException.class, () -> Pipeline.of(config).run()).getMessage();
    assertTrue(message.contains("stage 'annealing'") && message.contains("'adapter', which it was built on"), message);
    assertEquals(List.of("annealing"), DryRun.of(config, null).refused());
    done(config, "adapter");
    assertEquals(List.of(), DryRun.of(config, null).refused());
  }

  @Test
  void aStageSetUpInJavaIsHeldToItsSettings() throws IOException {
    Pipeline.of(config("")).add("mine", context -> fit(context, 1e-3)).run();
    Files.delete(folder.resolve("run/mine/done.json"));
    String message = assertThrows(CheckpointException.class, () -> Pipeline.of(config("")).add("mine", context -> fit(context, 2e-3)).run()).getMessage();
    assertTrue(message.contains("learning_rate was 0.001"), message);

    String before = Files.readString(folder.resolve("run/config.yaml"));
    assertThrows(CheckpointException.class, () -> Pipeline.of(config("", "corpus.scenes=7")).add("mine", context -> fit(context, 2e-3)).run());
    assertEquals(before, Files.readString(folder.resolve("run/config.yaml")), "what a checkpoint refuses leaves the run as it was, too");
  }

  private static void fit(StageContext context, double rate) throws IOException {
    try (Linear model = new Linear(2, 1, true, 0.3)) {
      model.initialize(context.backend(), 1);
      Task<float[]> task = Task.of((point, n) -> model.forward(context.backend().tensor(point, 1, 2)).sum().mul(1 / n), point -> 1);
      StageRunner.custom("mine", model, task, BatchSource.generate(i -> new float[] {1, i})).learningRate(Schedule.constant(rate)).steps(2).run(context);
    }
  }

  private static String line(DryRun.Result result, String stage) {
    return result.text().lines().filter(line -> line.startsWith(stage + "  (")).findFirst().orElseThrow();
  }

  @Test
  void aDryRunSaysWhatARunWouldRefuse() throws IOException {
    done(config("adapter"), "adapter");
    assertEquals("adapter  (done)", line(DryRun.of(config("adapter"), null), "adapter"));
    PipelineConfig changed = config("adapter", "adapter.training.steps=200");
    DryRun.Result refused = DryRun.of(changed, null);
    assertTrue(line(refused, "adapter").contains("REFUSED"), refused.text());
    assertTrue(refused.text().contains("adapter.training.steps was 100, is now 200"), refused.text());
    assertEquals(List.of("adapter"), refused.refused());
    assertFalse(refused.isReady());
    assertEquals("adapter  (done)", line(DryRun.of(changed, null, Set.of("adapter.training.steps")), "adapter"));
    assertEquals("adapter  (not begun)", line(DryRun.of(changed, "adapter"), "adapter"), "one stage runs, done or not");
  }

  @Test
  void aDryRunLooksForTheFilesOfTheLaterStagesToo() throws IOException {
    String[] own = {"dpo={from: nowhere, data: [own.jsonl], max_tokens: 9, " + TRAINING + "}", "quality={max_tokens: 9, " + TRAINING + "}"};
    List<String> missing = DryRun.of(config("dpo, quality", own), null).missing();
    for (String expected : List.of("nowhere: ", "own.jsonl: ", "preferences/validation.jsonl: ", "rejection/accepted.jsonl: ")) {
      assertTrue(missing.stream().anyMatch(line -> line.contains(expected)), expected + missing);
    }
  }

  /** What {@code StageProgress} reads of a checkpoint. */
  private void checkpoint(PipelineConfig config, String stage, long step) throws IOException {
    Map<String, String> settings = new TreeMap<>(DoneMarker.settings(config, stage));
    settings.putAll(Map.of("seed", "77", "accumulate", "1", "data", "x", "frozen_weights", "y", "stage", stage));
    Path state = folder.resolve("run").resolve(stage).resolve("checkpoints/step_" + step + "/state.json");
    Files.createDirectories(state.getParent());
    Files.writeString(state, Json.write(Map.of("config", settings)));
  }

  @Test
  void aDryRunComparesWhereAStageStopped() throws IOException {
    PipelineConfig config = config("annealing, sft");
    checkpoint(config, "annealing", 40);
    assertEquals("annealing  (goes on from step 40)", line(DryRun.of(config, null), "annealing"));
    PipelineConfig changed = config("annealing, sft", "annealing.training.clip=0.5");
    DryRun.Result refused = DryRun.of(changed, null);
    assertTrue(refused.text().contains("annealing.training.clip was 1.0, is now 0.5"), refused.text());
    assertEquals(List.of("annealing"), refused.refused());

    done(config, "sft/run-1");
    checkpoint(config, "sft/run-2", 7);
    assertEquals("sft  (1 of 2 parts done; sft/run-2 goes on from step 7)", line(DryRun.of(config, null), "sft"));
    assertEquals(List.of("sft"), DryRun.of(config("annealing, sft", "sft.training.batch_size=16"), null).refused());
  }
}
