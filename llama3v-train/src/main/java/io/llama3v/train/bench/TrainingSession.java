package io.llama3v.train.bench;

import io.llama3v.backend.Backend;
import io.llama3v.backend.meta.MetaBackend;
import io.llama3v.nn.Module;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;
import io.llama3v.train.optim.AdamW;
import io.llama3v.train.optim.Schedule;
import java.util.function.Supplier;

/** Forward, backward and AdamW, with the settings that both sides of the comparison use: rate 1e-4, betas 0.9 and 0.98, decay 0.1. */
final class TrainingSession implements Workload.Session {
  private final Backend backend;
  private final Module model;
  private final Supplier<Tensor> loss;
  private final AdamW optimizer;
  private long step;

  /** Takes over a model that has weights; {@code loss} is called with a tape open. */
  TrainingSession(Backend backend, Module model, Supplier<Tensor> loss) {
    this.backend = backend;
    this.model = model;
    this.loss = loss;
    this.optimizer = AdamW.over(model.parameters()).schedule(Schedule.constant(1e-4)).betas(0.9, 0.98).weightDecay(0.1).build();
  }

  /** Gives a model random weights; on the backend that only counts, none. */
  static void fill(Module model, Backend backend) {
    if (backend instanceof MetaBackend meta) meta.allocate(model.parameters().values());
    else if (backend.name().equals("cuda")) DeviceWeights.fill(model, backend);
    else model.initialize(backend, 1);
  }

  @Override
  public void step() {
    try (Tape tape = Tape.record(backend)) {
      tape.backward(loss.get());
    }
    optimizer.step(step++);
    optimizer.clearGrads();
  }

  @Override
  public long parameters() {
    return model.parameterCount();
  }

  @Override
  public long trained() {
    return model.trainableCount();
  }

  @Override
  public void close() {
    optimizer.close();
    model.close();
  }
}
