package io.llama3v.train.exact;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.Backend;
import io.llama3v.io.AtomicFiles;
import io.llama3v.train.cli.TinyModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stages after fine-tuning, each killed with SIGKILL once and taken up again: what is left is bit for bit what no kill leaves. */
class PostTrainingKillTest {
  private static final int STEPS = 12;
  private static final List<String> KILLED = List.of("reward", "rejection", "dpo", "quality");
  private static final List<String> LINES = List.of("rejection/progress.jsonl", "rejection/accepted.jsonl", "rejection/preferences.jsonl");

  @TempDir
  Path folder;

  private TinyRun run(String name, Path start) throws IOException {
    Path run = folder.resolve(name);
    AtomicFiles.copyTree(start, run);
    Path config = folder.resolve(name + ".yaml");
    Files.writeString(config, """
        run: %s
        seed: 5
        backend: cpu
        stages: [preferences, reward, rejection, dpo, quality]
        corpus: {folder: %s}
        preferences: {pairs: 12, validation: 3}
        reward: {max_tokens: 64, training: %3$s}
        rejection: {max_tokens: 64, questions: 12, answers: 3, answer_tokens: 6, pass_rate: 0, check: similar}
        dpo: {max_tokens: 64, reference_every: 2, training: %3$s}
        quality: {max_tokens: 64, data: [%4$s], evaluate_every: 3, patience: 9, answer_tokens: 4, training: %3$s}
        """.formatted(run, folder.resolve("corpus"), "{steps: " + STEPS + ", batch_size: 4, micro_batch: 2, learning_rate: 5e-3, warmup: 2, "
            + "log_every: 1, checkpoint_every: 5, workers: 2}", folder.resolve("answers.jsonl")));
    return new TinyRun(config, run);
  }

  @Test
  void everyStageIsTakenUpAgain() throws IOException, InterruptedException {
    TinyCorpus.write(folder.resolve("corpus"));
    Path start = folder.resolve("start");
    try (Backend backend = Backend.named("cpu")) {
      TinyModels.run(backend, start);
    }
    Files.writeString(folder.resolve("answers.jsonl"), """
        {"images": ["corpus/questions/train-000000.tar#train-0"], "question": "What is it?", "answer": "cat"}
        {"images": ["corpus/questions/train-000000.tar#train-1"], "question": "What is it?", "answer": "dog"}
        """);
    TinyRun undisturbed = run("undisturbed", start);
    finish(undisturbed);
    Map<String, String> expected = RunDigest.of(undisturbed.folder());
    assertTrue(expected.containsKey("dpo/checkpoints/step_12/ema.safetensors"), "the reference is compared too");
    TinyRun killed = run("killed", start);
    Random random = new Random(3);
    for (String stage : KILLED) {
      try (Child child = Child.llama3v("run", killed.config().toString())) {
        int after = 1 + random.nextInt(STEPS - 2);
        assertTrue(child.awaitFile(() -> progress(killed, stage) >= after), child::output);
        assertEquals(137, child.kill(), stage);
      }
    }
    finish(killed);
    assertEquals(expected, RunDigest.of(killed.folder()));
    for (String file : LINES) {
      assertArrayEquals(Files.readAllBytes(undisturbed.folder().resolve(file)), Files.readAllBytes(killed.folder().resolve(file)), file);
    }
  }

  private static long progress(TinyRun run, String stage) throws IOException {
    if (!stage.equals("rejection")) return run.step(stage);
    Path file = run.folder().resolve(LINES.get(0));
    if (!Files.exists(file)) return 0;
    try (Stream<String> lines = Files.lines(file)) {
      return lines.count() - 1;
    }
  }

  private static void finish(TinyRun run) throws IOException, InterruptedException {
    try (Child child = Child.llama3v("run", run.config().toString())) {
      assertEquals(0, child.exit(), child::output);
    }
  }
}
