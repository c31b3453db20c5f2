package io.llama3v.train.stage;

import io.llama3v.adapter.VisionLanguageModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Resolution annealing: the position tables are resized to larger tiles, once or in steps, and training goes on. */
final class AnnealingStage implements Stage {
  @Override
  public void run(StageContext context) throws IOException {
    PipelineConfig c = context.config();
    AnnealingSection s = c.annealing();
    Path from = s.from() == null ? context.folder("adapter") : s.from();
    Path checkpoints = null;
    if (s.optimizer() == AnnealingSection.OptimizerStart.CARRY) {
      List<VlmPlan.Phase> before = VlmPlan.adapter(c).phases();
      checkpoints = context.folder(before.get(before.size() - 1).stage()).resolve(Training.CHECKPOINTS);
    }
    VlmPhases.run(context, VlmPlan.annealing(c), () -> VisionLanguageModel.load(context.backend(), from), checkpoints);
  }
}
