package io.llama3v.train.loop;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.Backend;
import io.llama3v.backend.UnaryOp;
import io.llama3v.tensor.Tensor;
import io.llama3v.train.optim.AdamW;
import io.llama3v.train.optim.Schedule;
import io.llama3v.vision.Interpolation;
import io.llama3v.vision.clip.ClipConfig;
import io.llama3v.vision.clip.ClipModel;
import io.llama3v.vision.clip.ClipTextConfig;
import io.llama3v.vision.clip.ClipVisionConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A global batch cut into micro-batches has the loss and the gradients of the batch as a whole. */
class ContrastiveTaskTest {
  private static final int SIDE = 16;
  private static final int LENGTH = 6;

  /** Pairs [from, to) of an endless stream. */
  private record Pairs(int from, int to) {}

  private Backend backend;
  private ClipModel model;

  @BeforeEach
  void open() {
    backend = Backend.named("cpu");
    model = new ClipModel(new ClipConfig(new ClipVisionConfig(16, 32, 2, 2, SIDE, 8, 3, UnaryOp.QUICK_GELU, 1e-5, Interpolation.META),
        new ClipTextConfig(40, 16, 32, 1, 2, LENGTH, UnaryOp.QUICK_GELU, 1e-5, 1, 2), 8, 1.5));
    model.initialize(backend, 4);
  }

  @AfterEach
  void close() {
    model.close();
    assertEquals(0, backend.liveBytes(), "everything was released");
    backend.close();
  }

  private final ContrastiveTask<Pairs> task = new ContrastiveTask<>() {
    @Override
    public Tensor imageEmbeddings(Pairs batch) {
      int floats = 3 * SIDE * SIDE;
      float[] pixels = new float[(batch.to - batch.from) * floats];
      for (int i = 0; i < pixels.length; i++) {
        int pair = batch.from + i / floats;
        pixels[i] = (float) Math.sin(0.01 * (i % floats) * (1 + pair % 7) + pair);
      }
      return model.imageEmbeddings(backend.tensor(pixels, batch.to - batch.from, 3, SIDE, SIDE));
    }

    @Override
    public Tensor textEmbeddings(Pairs batch) {
      int[] ids = new int[(batch.to - batch.from) * LENGTH];
      for (int i = 0; i < ids.length; i++) {
        int pair = batch.from + i / LENGTH;
        int t = i % LENGTH;
        ids[i] = t == 0 ? 1 : t == LENGTH - 1 ? 2 : 3 + (pair * 11 + t * t * 5 + pair * t) % 36;
      }
      return model.textEmbeddings(backend.tensor(ids, batch.to - batch.from, LENGTH), null);
    }

    @Override
    public Tensor logitScale() {
      return model.logitScale();
    }

    @Override
    public double count(Pairs batch) {
      return batch.to - batch.from;
    }
  };

  private Map<String, float[]> gradients() {
    Map<String, float[]> all = new LinkedHashMap<>();
    model.parameters().forEach((name, p) -> all.put(name, p.grad().toFloats()));
    model.clearGrads();
    return all;
  }

  @ParameterizedTest
  @ValueSource(strings = {"3 6 9 12", "1 2 3 4 5 6 7 8 9 10 11 12", "5 6 12"})
  void lossAndGradientsOfTheWholeBatch(String cuts) {
    double expected = task.backward(backend, List.of(new Pairs(0, 12)), 12);
    Map<String, float[]> whole = gradients();
    List<Pairs> window = new ArrayList<>();
    for (String to : cuts.split(" ")) window.add(new Pairs(window.isEmpty() ? 0 : window.get(window.size() - 1).to, Integer.parseInt(to)));
    assertEquals(expected, task.backward(backend, window, 12), 1e-6 * expected);
    Map<String, float[]> cut = gradients();
    whole.forEach((name, gradient) -> {
      float largest = 1e-2f; // the keys' biases have no gradient but rounding
      for (float g : gradient) largest = Math.max(largest, Math.abs(g));
      assertArrayEquals(gradient, cut.get(name), 1e-5f * largest, name);
    });
    assertTrue(Math.abs(whole.get("logit_scale")[0]) > 1e-3, "the temperature learns too");
  }

  @Test
  void addingUpTheLossesOfMicroBatchesWouldBeAnotherLoss() {
    double sum = 0;
    for (int i = 0; i < 12; i += 3) sum += task.backward(backend, List.of(new Pairs(i, i + 3)), 12) / 4;
    double whole = task.backward(backend, List.of(new Pairs(0, 12)), 12);
    assertTrue(Math.abs(sum - whole) > 0.1, sum + " and " + whole);
    model.clearGrads();
  }

  @Test
  void frozenTowersLeaveTheTemperatureToLearn() {
    model.setTrainable(name -> !name.equals("logit_scale"), false);
    task.backward(backend, List.of(new Pairs(0, 12)), 12);
    float whole = model.logitScale().grad().toFloats()[0];
    model.clearGrads();
    task.backward(backend, List.of(new Pairs(0, 4), new Pairs(4, 12)), 12);
    assertEquals(whole, model.logitScale().grad().toFloats()[0], 1e-6f * Math.abs(whole));
    model.clearGrads();
  }

  @Test
  void trainingDoesNotDependOnTheMicroBatch() throws IOException {
    List<Double> whole = train(12, 1);
    List<Double> cut = train(4, 3);
    for (int i = 0; i < 5; i++) assertEquals(whole.get(i), cut.get(i), 1e-5 * whole.get(i));
    assertTrue(whole.get(4) < whole.get(0));
  }

  private List<Double> train(int size, int accumulate) throws IOException {
    model.initialize(backend, 4);
    List<Double> losses = new ArrayList<>();
    BatchSource<Pairs> batches = BatchSource.generate(i -> new Pairs((int) i * size % 12, (int) i * size % 12 + size));
    try (AdamW optimizer = AdamW.over(model.parameters()).schedule(Schedule.constant(1e-3)).epsilon(1e-6).build()) {
      TrainingLoop.of("clip", optimizer, task, batches).steps(5).accumulate(accumulate).clip(1)
          .every(1, step -> losses.add(step.loss())).build().run();
    }
    return losses;
  }
}
