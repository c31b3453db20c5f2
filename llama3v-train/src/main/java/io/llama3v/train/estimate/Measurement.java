package io.llama3v.train.estimate;

import io.llama3v.backend.Backend;
import io.llama3v.llama.LlamaConfig;
import io.llama3v.llama.LlamaModel;
import io.llama3v.llama.TextBatch;
import io.llama3v.tensor.Tape;
import io.llama3v.train.optim.AdamW;
import io.llama3v.train.report.ProcessMemory;
import io.llama3v.train.stage.PlannedStage;
import java.io.IOException;
import java.util.function.Supplier;

/**
 * Memory that two steps of a stage took in this process, in bytes: random weights, and the batch that a plan assumes.
 *
 * @param tensors most that live tensors took
 * @param processBefore resident memory of the process once the backend was open, before the model had any; after {@link #warmUp} with
 *     what Java and BLAS keep for themselves once anything has been trained
 * @param peak largest resident memory of the process
 */
public record Measurement(long tensors, long processBefore, long peak) {
  /** Steps: the second one finds the pool of memory as the first one left it. */
  private static final int STEPS = 2;

  /** Trains something tiny and forgets it: compiled code, buffers of BLAS and a young heap belong to the process, not to a stage. */
  public static void warmUp(Supplier<Backend> opener) {
    int rows = 4;
    int length = 128;
    int[] ids = new int[rows * length];
    for (int i = 0; i < ids.length; i++) ids[i] = i % 512;
    try (Backend backend = opener.get(); LlamaModel model = new LlamaModel(LlamaConfig.small(512, 256, 704, 2, 4, 2, false, 0, 1))) {
      model.initialize(backend, 1);
      try (AdamW optimizer = AdamW.over(model.parameters()).build()) {
        for (int step = 0; step < STEPS; step++) {
          try (Tape tape = Tape.record(backend)) {
            tape.backward(model.loss(new TextBatch(rows, length, ids, ids, null, null), rows * (length - 1)));
          }
          optimizer.step(step);
        }
      }
    }
  }

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
