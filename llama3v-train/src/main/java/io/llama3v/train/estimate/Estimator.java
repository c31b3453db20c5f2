package io.llama3v.train.estimate;

import io.llama3v.backend.Backend;
import io.llama3v.backend.meta.MetaBackend;
import io.llama3v.nn.Module;
import io.llama3v.tensor.DType;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Tensor;
import io.llama3v.train.stage.PlannedStage;
import io.llama3v.train.stage.RecomputePart;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * Estimates a stage by taking a step of it without values: the stage's own loop, task and model run on a backend that counts. Where
 * micro-batches know nothing of each other, a step of many is taken with two and with three of them, and the difference is what each
 * further one costs.
 */
public final class Estimator {
  /** From this many micro-batches on, each further one costs the same. */
  private static final int REGULAR = 2;

  private Estimator() {}

  private record Count(double operations, MemoryEstimate memory) {}

  /** Estimates a stage that computes in F32; its model must not have memory yet. */
  public static <B> StageEstimate of(PlannedStage<B> stage) throws IOException {
    return of(stage, DType.F32);
  }

  /** Estimates a stage that computes in F32 or BF16; its model must not have memory yet. */
  public static <B> StageEstimate of(PlannedStage<B> stage, DType computeType) throws IOException {
    try (MetaBackend meta = new MetaBackend(computeType)) {
      allocate(stage.model(), meta);
      Count configured = count(meta, stage, stage.recomputed());
      Count keeping = same(stage.recomputed(), List.of()) ? configured : count(meta, stage, List.of());
      Count recomputing = same(stage.recomputed(), stage.recomputable()) ? configured : count(meta, stage, stage.recomputable());
      return new StageEstimate(stage.name(), stage.steps(), stage.repeats(), stage.samples(), stage.accumulate(), ModelParts.of(stage.model()),
          configured.memory, keeping.memory, recomputing.memory, configured.operations, keeping.operations);
    } finally {
      stage.model().close();
    }
  }

  private static boolean same(Collection<RecomputePart> a, Collection<RecomputePart> b) {
    return new TreeSet<>(a).equals(new TreeSet<>(b));
  }

  private static Count count(MetaBackend meta, PlannedStage<?> stage, Collection<RecomputePart> recompute) throws IOException {
    int n = stage.accumulate();
    if (n <= REGULAR || !stage.separable()) return step(meta, stage, recompute, n);
    Count two = step(meta, stage, recompute, REGULAR);
    Count three = step(meta, stage, recompute, REGULAR + 1);
    long more = (n - REGULAR) * (three.memory.peak() - two.memory.peak());
    MemoryEstimate m = two.memory;
    return new Count(two.operations + (n - REGULAR) * (three.operations - two.operations),
        new MemoryEstimate(m.weights(), m.copies(), m.moments(), m.average(), m.gradients(), m.activations() + more, m.peak() + more));
  }

  private static Count step(MetaBackend meta, PlannedStage<?> stage, Collection<RecomputePart> recompute, int microBatches) throws IOException {
    try (PlannedStage.State state = stage.prepare()) {
      long weights = stage.model().parameters().values().stream().mapToLong(Estimator::bytes).sum();
      long moments = state.optimizer().moments().values().stream().mapToLong(Estimator::bytes).sum();
      long average = state.average() == null ? 0 : state.average().averages().values().stream().mapToLong(Estimator::bytes).sum();
      List<Parameter> trained = List.copyOf(state.optimizer().parameters().values());
      // Copies of weights come to be in the first step and stay.
      if (meta.computeType() == DType.BF16) stage.run(state, recompute, 1, 1);
      long[] atPeak = new long[2];
      meta.reset();
      meta.onPeak(() -> {
        atPeak[0] = trained.stream().filter(p -> p.grad() != null).mapToLong(Estimator::bytes).sum();
        atPeak[1] = meta.copiedBytes();
      });
      stage.run(state, recompute, microBatches, 1);
      meta.onPeak(() -> { });
      long gradients = trained.stream().mapToLong(Estimator::bytes).sum();
      return new Count(meta.operations(), new MemoryEstimate(weights, atPeak[1], moments, average, gradients,
          meta.peakBytes() - weights - moments - average - atPeak[0] - atPeak[1], meta.peakBytes()));
    }
  }

  /** Gives weights memory: matrices in the type that models compute in, as a checkpoint in that type leaves them; those that train become F32. */
  static void allocate(Module model, Backend backend) {
    for (Parameter p : model.parameters().values()) p.allocate(backend, p.rank() >= 2 ? backend.computeType() : DType.F32);
  }

  private static long bytes(Tensor t) {
    return t.elements() * t.type().bytes();
  }
}
