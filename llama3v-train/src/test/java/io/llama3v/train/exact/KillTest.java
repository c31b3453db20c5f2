package io.llama3v.train.exact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code llama3v run} in processes of its own, killed with SIGKILL at random moments in every stage and started again until the run is
 * done: what is left must be bit for bit what a run leaves that nobody killed. How many kills, and the seed of the moments:
 * {@code -Dllama3v.test.kills=12 -Dllama3v.test.seed=1}.
 */
class KillTest {
  private static final Logger LOG = LoggerFactory.getLogger(KillTest.class);
  private static final int KILLS = Integer.getInteger("llama3v.test.kills", 12);
  private static final long SEED = Long.getLong("llama3v.test.seed", 1);
  /** After the step that a kill waits for, it waits for up to this long: a step, a save, a model or the beginning of the next stage. */
  private static final int SPREAD_MILLIS = 250;

  private static final List<String> STAGES = List.of("language-model", "clip", "adapter", "annealing/phase-1", "annealing/phase-2",
      "sft/run-1", "sft/run-2", "evaluation", "reward", "rejection", "dpo", "quality");

  /** When to kill: once this process is at the stage and the step is logged, and then so many milliseconds later. */
  private record Moment(String stage, int step, int millis) {}

  @TempDir
  Path folder;

  @Test
  void killedRunsEndAsTheUndisturbedOne() throws IOException, InterruptedException {
    Path corpus = folder.resolve("corpus");
    TinyCorpus.write(corpus);
    TinyRun undisturbed = TinyRun.create(folder.resolve("undisturbed.yaml"), folder.resolve("undisturbed"), corpus);
    finish(undisturbed);
    Map<String, String> expected = RunDigest.of(undisturbed.folder());
    for (String stage : TinyRun.TRAINED) {
      assertEquals(TinyRun.steps(stage), undisturbed.step(stage), stage);
      for (String file : List.of("weights", "optimizer")) {
        assertTrue(expected.containsKey(stage + "/checkpoints/step_" + TinyRun.steps(stage) + "/" + file + ".safetensors"), stage + " " + file);
      }
    }
    assertEquals(7, expected.keySet().stream().filter(file -> file.endsWith("/ema.safetensors")).count(), expected::toString);
    Random random = new Random(SEED);
    Map<String, Integer> kills = new TreeMap<>();
    int landed = 0;
    int rounds = 0;
    int files = 0;
    while (landed < KILLS) {
      TinyRun run = TinyRun.create(folder.resolve("round-" + rounds + ".yaml"), folder.resolve("round-" + rounds), corpus);
      for (Moment moment : moments(random, KILLS - landed)) {
        if (!killAt(run, moment)) break; // it was done before the moment came
        kills.merge(moment.stage, 1, Integer::sum);
        landed++;
      }
      finish(run);
      Map<String, String> found = RunDigest.of(run.folder());
      files += found.size();
      assertEquals(expected, found, "round " + rounds + " of seed " + SEED + " after kills in " + kills);
      rounds++;
    }
    LOG.info("{} kills in {} rounds, seed {}: {}; {} hashes compared, all equal", landed, rounds, SEED, kills, files);
  }

  /** Moments in order: one in every training stage, in the evaluation and in rejection sampling; two where that many are wanted. */
  private static List<Moment> moments(Random random, int wanted) {
    List<Moment> all = new ArrayList<>();
    boolean twice = wanted >= 2 * STAGES.size();
    for (String stage : STAGES) {
      if (!TinyRun.TRAINED.contains(stage)) {
        all.add(new Moment(stage, 0, random.nextInt(4 * SPREAD_MILLIS)));
        continue;
      }
      int steps = TinyRun.steps(stage);
      int step = random.nextInt(twice ? steps - 1 : steps + 1);
      all.add(new Moment(stage, step, random.nextInt(SPREAD_MILLIS)));
      if (twice) all.add(new Moment(stage, step + 1 + random.nextInt(steps - step), random.nextInt(SPREAD_MILLIS)));
    }
    while (all.size() > wanted) all.remove(random.nextInt(all.size()));
    return all;
  }

  /** True if the process was killed, false if it was done before. */
  private static boolean killAt(TinyRun run, Moment moment) throws IOException, InterruptedException {
    try (Child child = Child.llama3v("run", run.config().toString())) {
      String stage = moment.stage.split("/")[0];
      if (!child.await(() -> child.said("stage " + stage + " begins") || child.said("stage " + stage + " is done"))) return done(child);
      if (moment.step > 0 && !child.awaitFile(() -> run.step(moment.stage) >= moment.step)) return done(child);
      if (!child.await(delay(moment.millis))) return done(child);
      int code = child.kill();
      assertTrue(code == 137 || code == 0, code + "\n" + child.output());
      LOG.info("killed at {} with code {}; metrics at step {}", moment, code, run.step(moment.stage));
      return code == 137;
    }
  }

  private static BooleanSupplier delay(int millis) {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    return () -> System.nanoTime() >= until;
  }

  private static boolean done(Child child) throws InterruptedException {
    assertEquals(0, child.exit(), child::output);
    return false;
  }

  private static void finish(TinyRun run) throws IOException, InterruptedException {
    try (Child child = Child.llama3v("run", run.config().toString())) {
      assertEquals(0, child.exit(), child::output);
    }
    assertTrue(Files.exists(run.folder().resolve("quality/done.json")));
  }
}
