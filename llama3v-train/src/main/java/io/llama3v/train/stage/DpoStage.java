package io.llama3v.train.stage;

import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.data.pipeline.DataLoader;
import io.llama3v.text.Tokenizer;
import io.llama3v.train.eval.EvaluationTable.Row;
import io.llama3v.train.loop.BatchSource;
import io.llama3v.train.optim.Averaging;
import io.llama3v.train.optim.Ema;
import io.llama3v.train.preference.AnswerCheck;
import io.llama3v.train.preference.AnswerLikelihood;
import io.llama3v.train.preference.DpoTask;
import io.llama3v.train.preference.JsonlSource;
import io.llama3v.train.preference.PairStatistics;
import io.llama3v.train.preference.Preference;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Direct preference optimisation; held-out pairs and questions are measured before and after. */
final class DpoStage implements Stage {
  private static final int ANSWER_TOKENS = 16;

  @Override
  public void run(StageContext context) throws IOException {
    DpoSection s = context.config().dpo();
    TrainingConfig t = s.training();
    long seed = context.config().seed() + 5;
    List<Path> files = new ArrayList<>(PostTraining.training(context, s.data()));
    if (s.data().isEmpty() && context.config().stages().contains("rejection")) files.add(context.folder("rejection").resolve(PostTraining.PREFERENCES));
    try (Tokenizer tokenizer = context.tokenizer(); JsonlSource pairs = JsonlSource.open(files, Preference::read);
        JsonlSource heldOut = JsonlSource.open(PostTraining.validation(context, s.validation()), Preference::read);
        VisionLanguageModel model = VisionLanguageModel.load(context.backend(), PostTraining.model(context, s.from(), SftStage.SOUP))
            .freezeLanguageModel()) {
      AnswerSamples samples = new AnswerSamples(model, tokenizer, PostTraining.maxTokens(context, s.maxTokens()));
      List<Row> rows = new ArrayList<>();
      measure(context, s, model, samples, tokenizer, heldOut, "before", rows);
      Training.freezeParts(model, t.parts());
      try (Ema reference = new Ema(model.parameters(), Averaging.reference(s.referenceRate(), s.referenceEvery()));
          DataLoader<List<VlmBatch.Item>> loader = t.reading(DataLoader.<List<VlmBatch.Item>>over(pairs,
              line -> PostTraining.ranked(samples, line)), context.folder("dpo")).seed(seed).build()) {
        DpoTask task = new DpoTask(model, reference, s.beta(), s.nll());
        Training.run(context, "dpo", t, model, task, BatchSource.of(loader, samples::ranked), seed,
            loop -> loop.ema(reference).every(t.logEvery(), step -> step.log(task.last().named("dpo/"))));
      }
      model.save(context.folder("dpo"));
      measure(context, s, model, samples, tokenizer, heldOut, "after", rows);
      PostTraining.report(context, "dpo", "Direct preference optimisation", rows);
    }
  }

  private static void measure(StageContext context, DpoSection s, VisionLanguageModel model, AnswerSamples samples, Tokenizer tokenizer,
      JsonlSource heldOut, String when, List<Row> rows) throws IOException {
    PairStatistics found = PostTraining.pairs(context.backend(), samples, heldOut, s.training().microBatch(),
        batch -> AnswerLikelihood.logarithms(model, batch));
    rows.add(Row.of("preferences", when, "validation", "right order", found.pairs(), found.accuracy()).withChance(0.5));
    double right = PostTraining.accuracy(context.backend(), model, samples, tokenizer, heldOut, AnswerCheck.EXACT, ANSWER_TOKENS);
    rows.add(Row.of("questions", when, "validation", "accuracy", (int) heldOut.size(), right));
  }
}
