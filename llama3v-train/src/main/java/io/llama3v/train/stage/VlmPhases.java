package io.llama3v.train.stage;

import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.text.Tokenizer;
import io.llama3v.train.checkpoint.Checkpoint;
import io.llama3v.train.checkpoint.CheckpointStore;
import io.llama3v.train.optim.AdamW;
import io.llama3v.vision.Interpolation;
import io.llama3v.vision.ResizedPositions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out a stage on a vision-language model. Where the tile size changes on the way, the stage is cut there: each phase leaves
 * its model in a folder of its own, the next one resizes the position tables and goes on with the same optimiser (the moments of
 * those tables resized too), the same schedules and the same stream of data.
 */
final class VlmPhases {
  private static final Logger LOG = LoggerFactory.getLogger(VlmPhases.class);

  private VlmPhases() {}

  /** Makes the model that a stage begins with. */
  @FunctionalInterface
  interface Start {
    VisionLanguageModel open() throws IOException;
  }

  /**
   * Trains and leaves the model in the stage's folder.
   *
   * @param before folder of checkpoints whose optimiser the stage goes on with; null to begin afresh
   */
  static void run(StageContext context, VlmPlan plan, Start start, Path before) throws IOException {
    List<VlmPlan.Phase> phases = plan.phases();
    for (int i = 0; i < phases.size(); i++) {
      VlmPlan.Phase phase = phases.get(i);
      boolean last = i + 1 == phases.size();
      if (!last && Pipeline.isDone(context, phase.stage())) continue;
      Path previous = i == 0 ? null : context.folder(phases.get(i - 1).stage());
      Path checkpoints = i == 0 ? before : previous.resolve(Training.CHECKPOINTS);
      try (VisionLanguageModel model = resized(i == 0 ? start.open() : VisionLanguageModel.load(context.backend(), previous), phase.tileSize())) {
        train(context, plan, phase, last, model, plan.training().lora() == null ? checkpoints : null);
        model.save(context.folder(last ? plan.stage() : phase.stage()));
      }
      if (!last) Pipeline.markDone(context, phase.stage(), 0);
    }
  }

  private static VisionLanguageModel resized(VisionLanguageModel model, int tileSize) {
    return tileSize == 0 || tileSize == model.config().vision().imageSize() ? model : model.withTileSize(tileSize);
  }

  private static void train(StageContext context, VlmPlan plan, VlmPlan.Phase phase, boolean last, VisionLanguageModel model, Path checkpoints)
      throws IOException {
    TrainingConfig t = plan.training();
    try (Tokenizer tokenizer = context.tokenizer(); DataSets data = VlmData.open(plan)) {
      StageRunner<VlmBatch> runner = VlmTraining.runner(phase.stage(), model, VlmData.loader(plan, data, context.folder(phase.stage())), PictureSamples::any).tokenizer(tokenizer).config(t)
          .learningRate(plan.learningRate()).steps(phase.steps()).maxTokens(plan.maxTokens()).seed(plan.seed())
          .average(last && t.average() != null ? t.average().rule(phase.first(), t.steps()) : null)
          .begin(phase.first(), phase.first() * t.batchSize(), optimizer -> carry(phase.stage(), optimizer, checkpoints, model));
      if (plan.schedules().maxTokens() != null) runner.maxTokens(plan.schedules().maxTokens().curve());
      runner.run(context);
    }
  }

  private static void carry(String stage, AdamW optimizer, Path checkpoints, VisionLanguageModel model) throws IOException {
    if (checkpoints == null) return;
    Checkpoint from = new CheckpointStore(checkpoints, 1).latest()
        .orElseThrow(() -> new IllegalStateException("stage '" + stage + "' goes on with the optimiser of the one before, and " + checkpoints
            + " holds no checkpoint; begin afresh (optimizer: fresh)"));
    List<String> fresh = from.carryMoments(optimizer, new ResizedPositions(model.config().vision(), Interpolation.META));
    LOG.info("{}: optimiser carried from {}{}", stage, from.folder(), fresh.isEmpty() ? "" : "; afresh: " + fresh.size() + " parameters");
  }
}
