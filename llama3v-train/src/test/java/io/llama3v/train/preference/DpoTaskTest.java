package io.llama3v.train.preference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.backend.Backend;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Scope;
import io.llama3v.train.TinyVlm;
import io.llama3v.train.optim.Averaging;
import io.llama3v.train.optim.Ema;
import io.llama3v.train.stage.VlmBatch;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DpoTaskTest {
  private static final double BETA = 0.7;
  private static final double NLL = 0.2;
  private Backend backend;
  private VisionLanguageModel model;
  private Ema reference;

  @BeforeEach
  void open() throws IOException {
    backend = Backend.named("cpu");
    model = TinyVlm.open(backend);
    reference = new Ema(model.parameters(), Averaging.reference(0.25, 3));
  }

  @AfterEach
  void close() {
    reference.close();
    model.close();
    backend.close();
  }

  private void movePolicy() {
    model.parameters().forEach((name, p) -> {
      if (name.endsWith("gate")) backend.kernels().fill(p, -0.6);
    });
  }

  @Test
  void lossByHand() {
    List<VlmBatch.Item> items = Answers.items(0, 4);
    double[] before = new double[8];
    double[] after = new double[8];
    try (Scope scope = backend.scope()) {
      for (int i = 0; i < 8; i++) before[i] = Answers.logarithm(model, items.get(i));
      movePolicy();
      for (int i = 0; i < 8; i++) after[i] = Answers.logarithm(model, items.get(i));
      scope.backend().synchronize();
    }
    double plain = 0;
    double liked = 0;
    int right = 0;
    for (int p = 0; p < 4; p++) {
      double z = BETA * (after[2 * p] - after[2 * p + 1] - before[2 * p] + before[2 * p + 1]);
      plain += Math.log(1 + Math.exp(-z)) / 4;
      liked -= after[2 * p] / items.get(2 * p).text().labelled() / 4;
      right += z > 0 ? 1 : 0;
    }
    PreferenceBatch batch = Answers.batch(0, 4);
    DpoTask task = new DpoTask(model, reference, BETA, NLL);
    assertEquals(plain + NLL * liked, task.backward(backend, List.of(batch), 4), 2e-5);
    // The third pair has no picture: the frozen language model orders it as before, and a margin of 0 is half right.
    assertEquals((right + 0.5) / 4, task.last().accuracy(), 1e-12);
    model.clearGrads();
    assertEquals(plain, new DpoTask(model, reference, BETA, 0).backward(backend, List.of(batch), 4), 2e-5);
    model.clearGrads();
  }

  @Test
  void atTheReferenceTheLossIsThatOfACoin() {
    DpoTask task = new DpoTask(model, reference, BETA, 0);
    assertEquals(Math.log(2), task.backward(backend, List.of(Answers.batch(0, 3)), 3), 1e-6);
    assertTrue(model.parameters().values().stream().anyMatch(p -> p.grad() != null), "and there is something to learn");
    model.clearGrads();
  }

  @Test
  void gradientByFiniteDifferences() {
    movePolicy();
    PreferenceBatch batch = Answers.batch(0, 4);
    DpoTask task = new DpoTask(model, reference, BETA, NLL);
    task.backward(backend, List.of(batch), 4);
    for (String name : List.of("language_model.model.layers.1.cross_attn_attn_gate", "language_model.model.layers.4.cross_attn_mlp_gate")) {
      Parameter gate = model.parameters().get(name);
      double slope = gate.grad().item();
      double value = gate.item();
      double[] side = new double[2];
      for (int i = 0; i < 2; i++) {
        backend.kernels().fill(gate, value + (i == 0 ? 1 : -1) * 0.02);
        try (Scope scope = backend.scope()) {
          side[i] = task.loss(batch, 4).item();
          scope.backend().synchronize();
        }
      }
      backend.kernels().fill(gate, value);
      assertEquals((side[0] - side[1]) / 0.04, slope, 0.01 * Math.abs(slope) + 1e-5, name);
    }
    model.clearGrads();
  }

  @Test
  void aCutWindowHasTheLossAndGradientsOfTheWhole() {
    movePolicy();
    DpoTask task = new DpoTask(model, reference, BETA, NLL);
    double whole = task.backward(backend, List.of(Answers.batch(0, 6)), 6);
    Map<String, float[]> gradients = new LinkedHashMap<>();
    model.parameters().forEach((name, p) -> {
      if (p.grad() != null) gradients.put(name, p.grad().toFloats());
    });
    model.clearGrads();
    double cut = task.backward(backend, List.of(Answers.batch(0, 2), Answers.batch(2, 3), Answers.batch(3, 6)), 6);
    assertEquals(whole, cut, 1e-6);
    assertEquals(6, task.last().pairs());
    gradients.forEach((name, g) -> assertArrayEquals(g, model.parameters().get(name).grad().toFloats(), 2e-6f, name));
    model.clearGrads();
  }

  @Test
  void theReferenceFollowsEveryThirdStep() {
    String name = "language_model.model.layers.1.cross_attn_attn_gate";
    Parameter gate = model.parameters().get(name);
    double[] policy = {1.8, 2.8, 3.8, 4.8, 5.8, 6.8};
    // 0.8 until the third update, then 0.8 + (3.8 − 0.8) / 4, then a quarter of the way to 6.8.
    double[] expected = {0.8, 0.8, 1.55, 1.55, 1.55, 2.8625};
    for (int i = 0; i < 6; i++) {
      backend.kernels().fill(gate, policy[i]);
      reference.update();
      assertEquals(expected[i], reference.averages().get(name).item(), 1e-6);
    }
    assertEquals(2, reference.taken());
  }
}
