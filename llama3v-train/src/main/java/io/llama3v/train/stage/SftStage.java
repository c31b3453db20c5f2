package io.llama3v.train.stage;

import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.io.AtomicFiles;
import io.llama3v.train.soup.Averager;
import io.llama3v.train.sweep.Trial;
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
    for (Trial trial : s.trials(context.config().seed())) {
      String name = "sft/" + trial.name();
      ingredients.add(context.folder(name));
      if (Pipeline.isDone(context, name)) continue;
      try (VisionLanguageModel model = VisionLanguageModel.load(context.backend(), context.folder("annealing"))) {
        VlmTraining.run(context, name, model, s.training().with(trial.learningRate(), trial.weightDecay()),
            context.config().adapter().maxTokens(), 1, trial.share(), trial.seed());
        model.save(context.folder(name));
      }
      Pipeline.markDone(context, name, 0);
    }
    Path soup = context.folder(SOUP);
    AtomicFiles.deleteTree(soup);
    Averager.uniform(ingredients, soup);
  }
}
