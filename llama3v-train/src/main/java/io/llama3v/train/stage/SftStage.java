package io.llama3v.train.stage;

import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.io.AtomicFiles;
import io.llama3v.train.soup.Averager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Supervised fine-tuning on conversations: several runs from the annealed model, which differ in learning rate, data order and
 * data subset, and the uniform average of their weights (Wortsman et al.: Model Soups, 2022).
 */
final class SftStage implements Stage {
  /** Where the average is left, seen from the run's folder. */
  static final String SOUP = "sft/soup";

  @Override
  public void run(StageContext context) throws IOException {
    SftSection s = context.config().sft();
    List<Path> ingredients = new ArrayList<>();
    for (int i = 0; i < s.runs().size(); i++) {
      String name = "sft/run-" + (i + 1);
      ingredients.add(context.folder(name));
      if (Pipeline.isDone(context, name)) continue;
      SftSection.Run run = s.runs().get(i);
      try (VisionLanguageModel model = VisionLanguageModel.load(context.backend(), context.folder("annealing"))) {
        VlmTraining.run(context, name, model, s.training().withLearningRate(s.training().learningRate() * run.learningRate()),
            context.config().adapter().maxTokens(), 1, run.share(), context.config().seed() + 100 * (run.seed() + 1L));
        model.save(context.folder(name));
      }
      Pipeline.markDone(context, name, 0);
    }
    Path soup = context.folder(SOUP);
    AtomicFiles.deleteTree(soup);
    Averager.uniform(ingredients, soup);
  }
}
