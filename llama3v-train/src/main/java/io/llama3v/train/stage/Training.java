package io.llama3v.train.stage;

import io.llama3v.nn.Module;
import io.llama3v.train.checkpoint.CheckpointStore;
import io.llama3v.train.checkpoint.FrozenWeights;
import io.llama3v.train.loop.BatchSource;
import io.llama3v.train.loop.Task;
import io.llama3v.train.loop.TrainingLoop;
import io.llama3v.train.loop.TrainingResult;
import io.llama3v.train.optim.AdamW;
import io.llama3v.train.optim.Schedule;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/** What all training stages have in common: optimiser, loop and checkpoints out of a {@link TrainingConfig}. */
final class Training {
  /** Folder of a stage's checkpoints, within the stage's folder. */
  static final String CHECKPOINTS = "checkpoints";

  private Training() {}

  /** Trains a model's trainable parameters. {@code more} may add to the loop. */
  static <B> void run(StageContext context, String stage, TrainingConfig t, Module model, Task<B> task, BatchSource<B> batches,
      long seed, Consumer<TrainingLoop.Builder<B>> more) throws IOException {
    freezeParts(model, t.parts());
    AdamW.Builder optimizer = AdamW.over(model.parameters()).schedule(schedule(t)).weightDecay(t.weightDecay())
        .betas(t.beta1(), t.beta2()).epsilon(t.epsilon());
    for (int i = 0; i < t.parts().size(); i++) {
      PartConfig part = t.parts().get(i);
      if (!part.frozen()) optimizer.group(part.group("part-" + i));
    }
    try (AdamW adamW = optimizer.build()) {
      TrainingLoop.Builder<B> loop = TrainingLoop.of(stage, adamW, task, batches).steps(t.steps())
          .accumulate(t.batchSize() / t.microBatch()).clip(t.clip()).metrics(context.metrics(), t.logEvery()).showProgress().seed(seed)
          .config(Pipeline.settings(context.config(), stage)).frozen(FrozenWeights.of(model.parameters(), null))
          .checkpoints(new CheckpointStore(context.folder(stage).resolve(CHECKPOINTS), 2), t.checkpointEvery())
          .onDamage(context.session().damage()).allowChanges(context.session().allowedChanges()).stopOn(context.session().stop())
          .saveRequest(context.saveRequest());
      more.accept(loop);
      TrainingResult result = loop.build().run();
      if (!result.finished()) {
        throw new TrainingStoppedException(stage, result.step(), t.steps(), context.folder(stage).resolve(CHECKPOINTS));
      }
    }
  }

  /** Freezes and unfreezes as the first part that matches says. */
  private static void freezeParts(Module model, List<PartConfig> parts) {
    model.parameters().forEach((name, parameter) -> {
      for (PartConfig part : parts) {
        if (!part.group("").matches(name)) continue;
        if (part.frozen()) parameter.setTrainable(false);
        else if (Boolean.TRUE.equals(part.train())) parameter.setTrainable(true);
        break;
      }
    });
  }

  static Schedule schedule(TrainingConfig t) {
    Schedule s = switch (t.schedule()) {
      case COSINE -> Schedule.warmupCosine(t.learningRate(), t.warmup(), t.steps());
      case LINEAR -> Schedule.warmupLinear(t.learningRate(), t.warmup(), t.steps());
      case CONSTANT -> Schedule.warmupConstant(t.learningRate(), t.warmup());
    };
    return t.floor() > 0 ? s.floor(t.floor() * t.learningRate()) : s;
  }
}
