package io.llama3v.train.stage;

import io.llama3v.nn.Lora;
import io.llama3v.nn.Module;
import io.llama3v.text.Tokenizer;
import io.llama3v.train.checkpoint.CheckpointStore;
import io.llama3v.train.checkpoint.FrozenWeights;
import io.llama3v.train.loop.BatchSource;
import io.llama3v.train.loop.StepContext;
import io.llama3v.train.loop.Task;
import io.llama3v.train.loop.TrainingLoop;
import io.llama3v.train.loop.TrainingResult;
import io.llama3v.train.optim.AdamW;
import io.llama3v.train.optim.Ema;
import io.llama3v.train.report.MetricNames;
import io.llama3v.train.report.RunFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What all training stages have in common: optimiser, loop and checkpoints out of the settings of a {@link StageRunner}. */
final class Training {
  /** Folder of a stage's checkpoints, within the stage's folder. */
  static final String CHECKPOINTS = "checkpoints";
  /** The file in a run's folder whose appearance makes the stage at work save a checkpoint. */
  private static final String SAVE_REQUEST = "checkpoint-now";

  private Training() {}

  /** Trains a model's trainable parameters as part of a pipeline. {@code more} may add to the loop. */
  static <B> void run(StageContext context, String stage, TrainingConfig t, Module model, Task<B> task, BatchSource<B> batches,
      long seed, Consumer<TrainingLoop.Builder<B>> more) throws IOException {
    StageRunner.custom(stage, model, task, batches).config(t).seed(seed).loop(more).run(context);
  }

  /**
   * Trains a model's trainable parameters.
   *
   * @param run folder of the run: checkpoints are in the stage's folder in it, metrics beside that
   * @param settings those under which alone a checkpoint may be resumed
   * @throws TrainingStoppedException if the session's signal asked to stop
   */
  static <B> TrainingResult run(StageRunner<B> s, Path run, Map<String, String> settings, RunSession session,
      StageListener listener) throws IOException {
    Lora lora = s.lora == null ? null : s.lora.attach(s.model, s.seed);
    try {
      TrainingResult result = trained(s, run, settings, session, listener);
      if (lora != null) lora.merge();
      return result;
    } catch (IOException | RuntimeException failed) {
      if (lora != null) lora.detach();
      throw failed;
    }
  }

  private static <B> TrainingResult trained(StageRunner<B> s, Path run, Map<String, String> settings, RunSession session,
      StageListener listener) throws IOException {
    Path checkpoints = run.resolve(s.stage).resolve(CHECKPOINTS);
    freezeParts(s.model, s.parts);
    RecomputePart.apply(s.model, s.recompute);
    try (ModelTokenizer tokenizer = s.tokenizer; AdamW adamW = optimizer(s);
        Ema average = s.averaging == null ? null : new Ema(s.model.parameters(), s.averaging)) {
      s.start.prepare(adamW);
      StageRunner.Feed<B> feed = s.source.open(s, tokenizer);
      try (AutoCloseable data = feed.data()) {
        if (s.firstPosition > 0) feed.batches().seek(s.firstPosition);
        TrainingLoop.Builder<B> loop = TrainingLoop.of(s.stage, adamW, feed.task(), feed.batches()).steps(s.steps).ema(average)
            .accumulate(s.accumulate).clip(s.clip).metrics(run.resolve(RunFiles.METRICS), s.logEvery).showProgress().seed(s.seed)
            .config(settings).frozen(FrozenWeights.of(s.model.parameters(), null))
            .checkpoints(new CheckpointStore(checkpoints, 2), s.checkpointEvery).onDamage(session.damage())
            .allowChanges(session.allowedChanges()).stopOn(session.stop()).saveRequest(run.resolve(SAVE_REQUEST));
        s.more.forEach(add -> add.accept(loop));
        for (StageRunner.PeriodicEvaluation e : s.evaluations) {
          loop.every(e.every(), step -> evaluate(e.evaluation(), s.model, tokenizer.orNull(), step));
        }
        for (StageRunner.Periodic hook : s.hooks) loop.every(hook.every(), hook.hook());
        loop.every(1, step -> listener.step(s.stage, step));
        TrainingResult result = loop.build().run();
        if (!result.finished()) throw new TrainingStoppedException(s.stage, result.step(), s.steps, checkpoints);
        if (average != null) average.adopt();
        return result;
      }
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("closing the data of stage '" + s.stage + "': " + e.getMessage(), e);
    }
  }

  /** The optimiser of a stage: its parts as groups, each with its rate, decay and schedule. */
  static AdamW optimizer(StageRunner<?> s) {
    AdamW.Builder optimizer = AdamW.over(s.model.parameters()).schedule(s.schedule.from(s.first)).weightDecay(s.weightDecay)
        .betas(s.beta1, s.beta2).epsilon(s.epsilon);
    for (int i = 0; i < s.parts.size(); i++) {
      PartConfig part = s.parts.get(i);
      if (!part.frozen()) optimizer.group(part.group("part-" + i, s.first));
    }
    return optimizer.build();
  }

  private static void evaluate(Evaluation evaluation, Module model, Tokenizer tokenizer, StepContext step) throws IOException {
    Map<String, Double> named = new LinkedHashMap<>();
    evaluation.score(model, tokenizer).forEach((name, value) -> named.put(MetricNames.EVALUATION + name, value));
    step.log(named);
  }

  /** Freezes and unfreezes as the first part that matches says. */
  static void freezeParts(Module model, List<PartConfig> parts) {
    for (PartConfig part : parts) part.requireMatches(model.parameters().keySet());
    model.parameters().forEach((name, parameter) -> {
      for (PartConfig part : parts) {
        if (!part.matches(name)) continue;
        if (part.frozen()) parameter.setTrainable(false);
        else if (Boolean.TRUE.equals(part.train())) parameter.setTrainable(true);
        break;
      }
    });
  }
}
