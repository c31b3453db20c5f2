package io.llama3v.train.stage;

import io.llama3v.adapter.VisionLanguageModel;
import java.io.IOException;

/** Resolution annealing: the position tables are resized to larger tiles, and training goes on with a fresh optimiser. */
final class AnnealingStage implements Stage {
  @Override
  public void run(StageContext context) throws IOException {
    AnnealingSection s = context.config().annealing();
    AdapterSection adapter = context.config().adapter();
    try (VisionLanguageModel model = VisionLanguageModel.load(context.backend(), context.folder("adapter")).withTileSize(s.tileSize())) {
      VlmTraining.run(context, "annealing", model, s.training(), adapter.maxTokens(), s.questionShare(), 1, context.config().seed() + 1);
      model.save(context.folder("annealing"));
    }
  }
}
