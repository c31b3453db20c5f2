package io.llama3v.train.stage;

import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.data.pipeline.DataLoader;
import io.llama3v.text.Tokenizer;
import io.llama3v.train.eval.EvaluationTable.Row;
import io.llama3v.train.loop.BatchSource;
import io.llama3v.train.preference.JsonlSource;
import io.llama3v.train.preference.PairStatistics;
import io.llama3v.train.preference.Preference;
import io.llama3v.train.preference.RewardModel;
import io.llama3v.train.preference.RewardTask;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Trains a reward model on pairs of answers and measures how it orders held-out ones. */
final class RewardStage implements Stage {
  @Override
  public void run(StageContext context) throws IOException {
    RewardSection s = context.config().reward();
    TrainingConfig t = s.training();
    long seed = context.config().seed() + 4;
    try (Tokenizer tokenizer = context.tokenizer();
        JsonlSource pairs = JsonlSource.open(PostTraining.training(context, s.data()), Preference::read);
        JsonlSource heldOut = JsonlSource.open(PostTraining.validation(context, s.validation()), Preference::read);
        RewardModel model = RewardModel.on(VisionLanguageModel.load(context.backend(), PostTraining.model(context, s.from(), SftStage.SOUP)), seed)) {
      AnswerSamples samples = new AnswerSamples(model.model(), tokenizer, PostTraining.maxTokens(context, s.maxTokens()));
      RewardTask task = new RewardTask(model, s.regularizer());
      try (DataLoader<List<VlmBatch.Item>> loader = t.reading(DataLoader.<List<VlmBatch.Item>>over(pairs,
          line -> PostTraining.ranked(samples, line)), context.folder("reward")).seed(seed).build()) {
        Training.run(context, "reward", t, model, task, BatchSource.of(loader, samples::ranked), seed,
            loop -> loop.every(t.logEvery(), step -> {
              Map<String, Double> values = new LinkedHashMap<>(task.last().named("reward/"));
              values.put("reward/mean", task.meanReward());
              step.log(values);
            }));
      }
      model.save(context.folder("reward"));
      PairStatistics found = PostTraining.pairs(context.backend(), samples, heldOut, t.microBatch(), model::rewards);
      PostTraining.report(context, "reward", "Reward model", List.of(
          Row.of("preferences", "reward", "validation", "right order", found.pairs(), found.accuracy()).withChance(0.5)));
    }
  }
}
