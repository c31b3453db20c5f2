package io.llama3v.train.estimate;

import io.llama3v.backend.Backend;
import io.llama3v.train.report.ProcessMemory;
import io.llama3v.train.stage.PlannedStage;
import java.io.IOException;
import java.util.function.Supplier;

/**
 * Memory that two steps of a stage took in this process, in bytes: random weights, and the batch that a plan assumes.
 *
 * @param tensors most that live tensors took
 * @param processBefore resident memory of the process once the backend was open, before the model had any
 * @param peak largest resident memory of the process
 */
public record Measurement(long tensors, long processBefore, long peak) {
  /** Steps: the second one finds the pool of memory as the first one left it. */
  private static final int STEPS = 2;

  /** Measures; the process should have done little else before. */
  public static Measurement of(PlannedStage<?> stage, Supplier<Backend> opener) throws IOException {
    try (Backend backend = opener.get()) {
      long before = ProcessMemory.residentBytes();
      Estimator.allocate(stage.model(), backend);
      stage.model().initialize(backend, 1);
      try (PlannedStage.State state = stage.prepare()) {
        stage.run(state, stage.recomputed(), stage.accumulate(), STEPS);
        return new Measurement(backend.peakBytes(), before, ProcessMemory.peakBytes());
      } finally {
        stage.model().close();
      }
    }
  }
}
