package io.llama3v.train.loop;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.Backend;
import io.llama3v.tensor.Init;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Tensor;
import io.llama3v.train.checkpoint.CheckpointException;
import io.llama3v.train.checkpoint.CheckpointStore;
import io.llama3v.train.checkpoint.FrozenWeights;
import io.llama3v.train.loop.Regression.Points;
import io.llama3v.train.optim.AdamW;
import io.llama3v.train.optim.Ema;
import io.llama3v.train.optim.Schedule;
import io.llama3v.train.report.MetricsLog;
import io.llama3v.train.report.MetricsRecord;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrainingLoopTest {
  private Backend backend;
  @TempDir Path folder;

  @BeforeEach
  void open() {
    backend = Backend.best();
  }

  @AfterEach
  void close() {
    backend.close();
  }

  private static AdamW optimizer(Regression model, long steps) {
    return AdamW.over(model.parameters()).schedule(Schedule.warmupCosine(2e-2, 5, steps)).weightDecay(1e-3).build();
  }

  @Test
  void learns() throws IOException {
    List<Double> losses = new ArrayList<>();
    try (Regression model = new Regression(backend, 3); AdamW optimizer = optimizer(model, 300)) {
      TrainingResult result = TrainingLoop.of("fit", optimizer, model.task(), Regression.batches(5, 32)).steps(300).clip(1)
          .every(1, step -> losses.add(step.loss())).build().run();
      assertEquals(300, result.step());
      assertTrue(result.finished());
      assertEquals(300 * 32, result.images());
      assertTrue(losses.get(0) > 0.1, "a fresh net knows nothing: " + losses.get(0));
      assertTrue(result.loss() < 0.01, "loss " + result.loss());
    }
    assertEquals(0, backend.liveBytes(), "everything was released");
  }

  @Test
  void accumulationDoesNotDependOnHowTheWindowIsCut() throws IOException {
    float[] whole = train(1, new int[] {8});
    for (int[] cut : new int[][] {{4, 4}, {2, 2, 2, 2}, {1, 1, 1, 1, 1, 1, 1, 1}, {5, 1, 2}}) {
      assertArrayEquals(whole, train(cut.length, cut), 1e-6f);
    }
  }

  private float[] train(int accumulate, int[] sizes) throws IOException {
    BatchSource<Points> batches = BatchSource.generate(i -> {
      int from = (int) (i / sizes.length) * 8;
      for (int k = 0; k < i % sizes.length; k++) from += sizes[k];
      return Regression.points(5, from, sizes[(int) (i % sizes.length)]);
    });
    try (Regression model = new Regression(backend, 3);
        AdamW optimizer = AdamW.over(model.parameters()).schedule(Schedule.constant(1e-3)).epsilon(1e-4).build()) {
      TrainingLoop.of("cut", optimizer, model.task(), batches).steps(4).accumulate(accumulate).clip(0.5).build().run();
      return model.weights();
    }
  }

  @Test
  void resumingIsBitExact() throws IOException {
    Session whole = session("whole", -1, Map.of());
    Session first = session("cut", 13, Map.of());
    assertEquals(13, first.result.step());
    assertFalse(first.result.finished());
    Session rest = session("cut", -1, Map.of());
    assertArrayEquals(whole.weights, rest.weights);
    assertArrayEquals(whole.average, rest.average);
    assertEquals(whole.result.images(), rest.result.images());
    assertEquals(lines("whole"), lines("cut"));
    assertEquals(30, session("cut", -1, Map.of()).result.step(), "a finished run has nothing left to do");
  }

  @Test
  void aKilledRunRepeatsTheStepsSinceItsCheckpoint() throws IOException {
    Session whole = session("whole", -1, Map.of());
    assertThrows(Killed.class, () -> session("killed", -17, Map.of()));
    assertArrayEquals(whole.weights, session("killed", -1, Map.of()).weights);
    assertEquals(lines("whole"), lines("killed"));
  }

  @Test
  void otherSettingsAreRefusedFieldByField() throws IOException {
    session("config", 8, Map.of("optimizer.learning_rate", "0.01", "data.seed", "1"));
    Map<String, String> changed = Map.of("optimizer.learning_rate", "0.02", "data.tiles", "4");
    String message = assertThrows(CheckpointException.class, () -> session("config", -1, changed)).getMessage();
    assertTrue(message.contains("optimizer.learning_rate was 0.01, is now 0.02"), message);
    assertTrue(message.contains("data.seed was 1, is not set now"), message);
    assertTrue(message.contains("data.tiles was not set, is now 4"), message);
  }

  private record Session(float[] weights, float[] average, TrainingResult result) {}

  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @Test
  void whoStopsWhileWindowsAreSkippedHasThemTriedAgain() throws IOException {
    Session whole = session("whole", -1, Map.of());
    Session stopped = session("within", WITHIN, Map.of());
    assertEquals(10, stopped.result.step());
    Session rest = session("within", -1, Map.of());
    assertArrayEquals(whole.weights, rest.weights);
    assertEquals(lines("whole"), lines("within"), "the line of the skipped window is there too");
  }

  /** Stops while the bad window, the one after step 10, is read. */
  private static final int WITHIN = 0;

  /** Trains to step 30 with a NaN batch on the way; {@code stopAt} ends it early, negative below -1 as a kill would. */
  private Session session(String name, int stopAt, Map<String, String> config) throws IOException {
    List<TrainingLoop<Points>> self = new ArrayList<>();
    BatchSource<Points> batches = BatchSource.generate(i -> {
      Points points = Regression.points(9, i * 6, 6);
      if (i == 21) points.targets()[2] = Float.NaN;
      if (i == 21 && stopAt == WITHIN) self.get(0).stop();
      return points;
    });
    try (Regression model = new Regression(backend, 3); AdamW optimizer = optimizer(model, 30);
        Ema ema = new Ema(model.parameters(), 0.9)) {
      TrainingLoop<Points> loop = TrainingLoop.of("fit", optimizer, model.task(), batches).steps(30).accumulate(2).clip(1).ema(ema)
          .metrics(folder.resolve(name + ".jsonl"), 4).seed(9).config(config)
          .checkpoints(new CheckpointStore(folder.resolve(name), 2), 6)
          .every(1, step -> {
            if (step.step() == stopAt) self.get(0).stop();
            if (stopAt < -1 && step.step() == -stopAt) throw new Killed();
          }).build();
      self.add(loop);
      TrainingResult result = loop.run();
      assertEquals(stopAt == -1 || stopAt == WITHIN ? 1 : result.step() > 10 ? 1 : 0, result.skippedSteps());
      float[] average = ema.averages().get("hidden.weight").toFloats();
      return new Session(model.weights(), average, result);
    }
  }

  /** Metrics without what the clock decides. */
  private List<MetricsRecord> lines(String name) throws IOException {
    return MetricsLog.read(folder.resolve(name + ".jsonl")).stream().map(record -> {
      Map<String, Double> values = new LinkedHashMap<>(record.values());
      values.keySet().removeAll(Set.of("images_per_second", "wait_fraction", "memory_bytes"));
      return new MetricsRecord(record.stage(), record.step(), 0, values);
    }).toList();
  }

  @Test
  void aBadWindowChangesNothingAndIsCounted() throws IOException {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      BatchSource<Points> batches = BatchSource.generate(i -> {
        Points points = Regression.points(9, i * 4, 4);
        if (i == 2 || i == 5) points.targets()[1] = bad;
        return points;
      });
      // The bad windows are 1 and 2 of pairs (0,1) (2,3) (4,5) (6,7) (8,9).
      BatchSource<Points> good = BatchSource.generate(i -> Regression.points(9, (i < 2 ? i : i + 4) * 4, 4));
      float[] expected = fiveWindows(good, 3, 0);
      assertArrayEquals(expected, fiveWindows(batches, 3, 2));
    }
  }

  private float[] fiveWindows(BatchSource<Points> batches, long steps, long skipped) throws IOException {
    try (Regression model = new Regression(backend, 3); AdamW optimizer = optimizer(model, 5); Ema ema = new Ema(model.parameters(), 0.5)) {
      TrainingResult result = TrainingLoop.of("bad", optimizer, model.task(), batches).steps(steps).accumulate(2).ema(ema).build().run();
      assertEquals(skipped, result.skippedSteps());
      assertEquals(steps, ema.updates());
      return model.weights();
    }
  }

  @Test
  void aGradientThatIsNotFiniteChangesNothing() throws IOException {
    try (Regression model = new Regression(backend, 3); AdamW optimizer = optimizer(model, 5)) {
      float[] before = model.weights();
      // Forward the loss underflows to 0, backward the factors come in the other order and overflow.
      Task<Points> task = Task.of((batch, n) -> model.task().loss(batch, n).mul(1e-38).mul(1e-38).mul(1e38).mul(1e38), Points::size);
      BatchSource<Points> batches = Regression.batches(9, 4);
      NonFiniteLossException stopped = assertThrows(NonFiniteLossException.class,
          () -> TrainingLoop.of("bad", optimizer, task, batches).steps(5).maxSkippedInARow(3).build().run());
      assertTrue(stopped.getMessage().contains("3 windows in a row") && stopped.getMessage().contains("gradient norm"), stopped.getMessage());
      assertArrayEquals(before, model.weights());
      optimizer.moments().values().forEach(moment -> assertEquals(0, backend.kernels().sumOfSquares(moment)));
      optimizer.updates().values().forEach(count -> assertEquals(0, count));
    }
  }

  /** Where a value that is not finite is put, and what the run says of it. */
  private enum Place { LOSS, GRADIENT, WEIGHT, UNUSED_WEIGHT, FIRST_MOMENT, SECOND_MOMENT, AVERAGE, RATE }

  @ParameterizedTest
  @EnumSource
  void whereverAValueIsNotFiniteNothingMoves(Place place) throws IOException {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      for (int good : new int[] {0, 1, 4}) {
        try (Regression model = new Regression(backend, 3);
            Parameter unused = new Parameter("unused", Init.ONES, 3).initialize(backend, 1, "unused");
            AdamW optimizer = AdamW.over(with(model, unused)).schedule(step -> place == Place.RATE && step >= good ? bad : 1e-2).build();
            Ema ema = new Ema(with(model, unused), 0.5)) {
          Map<String, float[]> before = new LinkedHashMap<>();
          Task<Points> task = Task.of((batch, n) -> {
            if (optimizer.updates().get("hidden.weight") == good && before.isEmpty()) {
              place(place, bad, optimizer, ema);
              state(optimizer, ema).forEach((name, tensor) -> before.put(name, tensor.toFloats()));
            }
            Tensor loss = model.task().loss(batch, n);
            if (before.isEmpty()) return loss;
            if (place == Place.LOSS) return loss.mul(bad);
            // Forward 1e38 · 1e-38, backward the factors meet in the other order and overflow.
            return place == Place.GRADIENT ? loss.mul(1e-38).mul(1e-38).mul(1e38).mul(1e38) : loss;
          }, Points::size);
          BatchSource<Points> batches = Regression.batches(9, 4);
          CheckpointStore store = new CheckpointStore(folder.resolve(place + "-" + bad + "-" + good), 2);
          NonFiniteLossException stopped = assertThrows(NonFiniteLossException.class, () -> TrainingLoop.of("bad", optimizer, task, batches)
              .steps(10).ema(ema).maxSkippedInARow(3).checkpoints(store, 100).build().run(), place + " " + bad);
          assertTrue(stopped.getMessage().contains("3 windows in a row made no update after step " + good), stopped.getMessage());
          state(optimizer, ema).forEach((name, tensor) -> assertArrayEquals(before.get(name), tensor.toFloats(), place + " " + name));
          assertEquals(good, optimizer.updates().get("hidden.weight"));
          assertEquals(good, ema.updates());
          boolean sound = place == Place.LOSS || place == Place.GRADIENT || place == Place.RATE;
          assertEquals(sound ? List.of((long) good) : List.of(), store.steps(), "only a sound state is saved: " + place);
          if (!sound) continue;
          assertEquals(good, store.latest().orElseThrow().state().loader().position(), "from before the bad windows");
          assertEquals(0, store.latest().orElseThrow().state().skippedSteps());
        }
      }
    }
  }

  /** A parameter that no batch reads, so that no loss tells of it. */
  private static Map<String, Parameter> with(Regression model, Parameter unused) {
    Map<String, Parameter> all = new LinkedHashMap<>(model.parameters());
    all.put("unused", unused);
    return all;
  }

  private static Map<String, Tensor> state(AdamW optimizer, Ema ema) {
    Map<String, Tensor> all = new LinkedHashMap<>(optimizer.parameters());
    all.putAll(optimizer.moments());
    ema.averages().forEach((name, average) -> all.put("ema." + name, average));
    return all;
  }

  private void place(Place place, float bad, AdamW optimizer, Ema ema) {
    Tensor target = switch (place) {
      case WEIGHT -> optimizer.parameters().get("hidden.weight");
      case UNUSED_WEIGHT -> optimizer.parameters().get("unused");
      case FIRST_MOMENT -> optimizer.moments().get("exp_avg.hidden.bias");
      case SECOND_MOMENT -> optimizer.moments().get("exp_avg_sq.output.weight");
      case AVERAGE -> ema.averages().get("hidden.weight");
      default -> null;
    };
    if (target == null) return;
    float[] values = target.toFloats();
    values[values.length / 2] = bad;
    backend.upload(FloatBuffer.wrap(values), target);
  }

  @Test
  void whatBreaksParametersBesideTheOptimiserIsNotSaved() throws IOException {
    try (Regression model = new Regression(backend, 3); AdamW optimizer = optimizer(model, 9)) {
      CheckpointStore store = new CheckpointStore(folder.resolve("broken"), 2);
      int[] updates = {0};
      NonFiniteLossException stopped = assertThrows(NonFiniteLossException.class, () -> TrainingLoop.of("broken", optimizer, model.task(),
          Regression.batches(9, 4)).steps(9).checkpoints(store, 2).afterUpdate(() -> {
            if (++updates[0] == 4) place(Place.WEIGHT, Float.NaN, optimizer, null);
          }).build().run());
      assertTrue(stopped.getMessage().contains("hidden.weight") && stopped.getMessage().contains("the last checkpoint is of step 2"),
          stopped.getMessage());
      assertEquals(List.of(2L), store.steps());
    }
  }

  @Test
  void badWindowsAndJumpsAreLoggedWithTheirSamples() throws IOException {
    Path metrics = folder.resolve("jumps.jsonl");
    BatchSource<Points> stream = Regression.batches(9, 4);
    BatchSource<Points> named = new BatchSource<>() {
      private long last;

      @Override
      public Points next() {
        last = stream.position();
        Points points = stream.next();
        if (last == 40 || last == 47) points.targets()[0] = last == 40 ? Float.NaN : 50;
        return points;
      }

      @Override
      public long position() {
        return stream.position();
      }

      @Override
      public void seek(long position) {
        stream.seek(position);
      }

      @Override
      public List<String> keys() {
        return List.of("batch-" + last + "/a", "batch-" + last + "/b");
      }
    };
    try (Regression model = new Regression(backend, 3); AdamW optimizer = AdamW.over(model.parameters()).schedule(Schedule.constant(1e-4)).build()) {
      TrainingLoop.of("jumps", optimizer, model.task(), named).steps(30).accumulate(2).metrics(metrics, 10).build().run();
    }
    Map<Long, MetricsRecord> about = new LinkedHashMap<>();
    for (MetricsRecord line : MetricsLog.read(metrics)) if (!line.samples().isEmpty()) about.put(line.step(), line);
    assertEquals(Set.of(21L, 23L), about.keySet());
    assertEquals(List.of("batch-40/a", "batch-40/b", "batch-41/a", "batch-41/b"), about.get(21L).samples());
    assertTrue(Double.isNaN(about.get(21L).values().get("loss")));
    assertEquals(List.of("batch-46/a", "batch-46/b", "batch-47/a", "batch-47/b"), about.get(23L).samples());
    assertTrue(about.get(23L).values().get("spike/loss") > 6, about.toString());
  }

  @Test
  void aMicroBatchWithoutLabelsAddsNothing() throws IOException {
    float[] without = oneWindow(Regression.batches(9, 4), 1, 4);
    float[] with = oneWindow(BatchSource.generate(i -> Regression.points(9, 0, i % 2 == 0 ? 4 : 0)), 2, 4);
    assertArrayEquals(without, with);
  }

  /** One update; a task that refuses batches of nothing, as a text without labels is refused. */
  private float[] oneWindow(BatchSource<Points> batches, int accumulate, int size) throws IOException {
    try (Regression model = new Regression(backend, 3); AdamW optimizer = optimizer(model, 5)) {
      Task<Points> strict = Task.of((batch, n) -> {
        if (batch.size() == 0) throw new IllegalArgumentException("nothing to learn");
        assertEquals(size, n, "counts only what is there");
        return model.task().loss(batch, n);
      }, Points::size);
      TrainingLoop.of("strict", optimizer, strict, batches).steps(1).accumulate(accumulate).build().run();
      return model.weights();
    }
  }

  @Test
  void nothingToLearnFromIsNotForever() throws IOException {
    try (Regression model = new Regression(backend, 3); AdamW optimizer = optimizer(model, 5)) {
      Task<Points> masked = Task.of((batch, n) -> model.task().loss(batch, n), batch -> 0);
      assertTrue(assertThrows(NonFiniteLossException.class,
          () -> TrainingLoop.of("masked", optimizer, masked, Regression.batches(1, 4)).steps(5).build().run())
          .getMessage().contains("masked"));
    }
  }

  @Test
  void frozenWeightsMustBeTheSame() throws IOException {
    frozenRun(3, 4);
    assertEquals(8, frozenRun(3, 8).step());
    assertTrue(assertThrows(CheckpointException.class, () -> frozenRun(4, 9)).getMessage().contains("frozen_weights"));
  }

  private TrainingResult frozenRun(long seed, long steps) throws IOException {
    try (Regression model = new Regression(backend, seed)) {
      model.setTrainable(name -> name.startsWith("hidden"), false);
      float[] frozen = model.parameters().get("hidden.weight").toFloats();
      try (AdamW optimizer = optimizer(model, 10)) {
        TrainingResult result = TrainingLoop.of("frozen", optimizer, model.task(), Regression.batches(1, 4)).steps(steps)
            .frozen(FrozenWeights.of(model.parameters(), Path.of("base")))
            .checkpoints(new CheckpointStore(folder.resolve("frozen"), 1), 2).build().run();
        assertArrayEquals(frozen, model.parameters().get("hidden.weight").toFloats());
        return result;
      }
    }
  }
}
