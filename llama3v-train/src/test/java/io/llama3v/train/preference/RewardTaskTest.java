package io.llama3v.train.preference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.Backend;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Scope;
import io.llama3v.train.TinyVlm;
import io.llama3v.train.loop.BatchSource;
import io.llama3v.train.loop.TrainingLoop;
import io.llama3v.train.optim.AdamW;
import io.llama3v.train.optim.Schedule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RewardTaskTest {
  private static final double LAMBDA = 3;
  private Backend backend;
  private RewardModel model;

  @BeforeEach
  void open() throws IOException {
    backend = Backend.named("cpu");
    model = RewardModel.on(TinyVlm.open(backend), 8);
  }

  @AfterEach
  void close() {
    model.close();
    backend.close();
  }

  private float[] rewards(int from, int to) {
    try (Scope scope = backend.scope()) {
      scope.backend().synchronize();
      return model.rewards(Answers.batch(from, to)).toFloats();
    }
  }

  private Map<String, float[]> gradients() {
    Map<String, float[]> all = new LinkedHashMap<>();
    model.parameters().forEach((name, p) -> {
      if (p.grad() != null) all.put(name, p.grad().toFloats());
    });
    model.clearGrads();
    return all;
  }

  @Test
  void lossByHandHoweverTheWindowIsCut() {
    float[] r = rewards(0, 6);
    double mean = 0;
    for (float x : r) mean += x / r.length;
    double ranking = 0;
    for (int p = 0; p < 6; p++) ranking += Math.log(1 + Math.exp(r[2 * p + 1] - r[2 * p])) / 6;
    assertTrue(Math.abs(mean) > 0.05, "mean reward " + mean);
    RewardTask task = new RewardTask(model, LAMBDA);
    assertEquals(ranking + LAMBDA * mean * mean, task.backward(backend, List.of(Answers.batch(0, 6)), 6), 2e-6);
    assertEquals(mean, task.meanReward(), 1e-6);
    Map<String, float[]> whole = gradients();
    assertEquals(ranking + LAMBDA * mean * mean,
        task.backward(backend, List.of(Answers.batch(0, 1), Answers.batch(1, 4), Answers.batch(4, 6)), 6), 2e-6);
    Map<String, float[]> cut = gradients();
    assertEquals(whole.keySet(), cut.keySet());
    whole.forEach((name, g) -> assertArrayEquals(g, cut.get(name), 3e-6f, name));
    assertTrue(whole.containsKey("score.weight"));
    assertFalse(whole.keySet().stream().anyMatch(n -> n.matches(".*layers\\.\\d+\\.self_attn.*") && n.startsWith("language")),
        "the language model is frozen");
    assertEquals(ranking, new RewardTask(model, 0).backward(backend, List.of(Answers.batch(0, 6)), 6), 2e-6);
    model.clearGrads();
  }

  @Test
  void gradientOfTheHeadByFiniteDifferences() {
    PreferenceBatch batch = Answers.batch(0, 4);
    RewardTask task = new RewardTask(model, LAMBDA);
    task.backward(backend, List.of(batch), 4);
    Parameter head = model.parameters().get("score.weight");
    float[] slopes = head.grad().toFloats();
    model.clearGrads();
    float[] values = head.toFloats();
    for (int i : new int[] {0, 5, 23}) {
      double[] side = new double[2];
      for (int k = 0; k < 2; k++) {
        float[] moved = values.clone();
        moved[i] += k == 0 ? 0.02f : -0.02f;
        backend.upload(java.nio.FloatBuffer.wrap(moved), head);
        try (Scope scope = backend.scope()) {
          side[k] = task.loss(batch, 4).item();
          scope.backend().synchronize();
        }
      }
      backend.upload(java.nio.FloatBuffer.wrap(values), head);
      assertEquals((side[0] - side[1]) / 0.04, slopes[i], 0.01 * Math.abs(slopes[i]) + 2e-5);
    }
  }

  @Test
  void learnsAnOrderAndKeepsItsMeanAtZero() throws IOException {
    RewardTask task = new RewardTask(model, 1);
    try (AdamW optimizer = AdamW.over(model.parameters()).schedule(Schedule.constant(1e-2)).build()) {
      TrainingLoop.of("reward", optimizer, task, BatchSource.generate(i -> Answers.batch(0, 6))).steps(25).clip(1).build().run();
    }
    assertTrue(task.last().accuracy() > 0.99, "accuracy " + task.last().accuracy());
    assertEquals(0, task.meanReward(), 0.2);
  }

  @Test
  void isSavedAndLoaded(@TempDir Path folder) throws IOException {
    model.save(folder);
    float[] before = rewards(0, 3);
    try (RewardModel again = RewardModel.load(backend, folder); Scope scope = backend.scope()) {
      assertArrayEquals(before, again.rewards(Answers.batch(0, 3)).toFloats());
      assertEquals(model.trainableCount(), again.trainableCount());
      scope.backend().synchronize();
    }
  }
}
