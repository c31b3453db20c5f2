package io.llama3v.train.stage;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.data.pipeline.DataLoader;
import io.llama3v.data.sample.Sample;
import io.llama3v.io.AtomicFiles;
import io.llama3v.io.Json;
import io.llama3v.text.Tokenizer;
import io.llama3v.train.eval.EvaluationTable.Row;
import io.llama3v.train.loop.BatchSource;
import io.llama3v.train.loop.StepContext;
import io.llama3v.train.preference.Demonstration;
import io.llama3v.train.preference.EarlyStopping;
import io.llama3v.train.preference.EarlyStopping.Score;
import io.llama3v.train.preference.JsonlSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Quality tuning: trains on a small set, evaluates every so many steps, keeps the best model so far in the stage's folder, and ends once
 * nothing gets better. The model to begin with takes part: tuning that only harms leaves it as it was.
 */
final class QualityStage implements Stage {
  private static final String SCORES = "validation-scores.json";

  @Override
  public void run(StageContext context) throws IOException {
    QualitySection s = context.config().quality();
    TrainingConfig t = s.training();
    long seed = context.config().seed() + 7;
    Path folder = context.folder("quality");
    Files.createDirectories(folder);
    String start = context.config().stages().contains("dpo") ? "dpo" : SftStage.SOUP;
    List<Path> data = s.data().isEmpty() ? List.of(context.folder("rejection").resolve(PostTraining.ACCEPTED)) : s.data();
    for (Path file : data) {
      if (Files.exists(file) && Files.size(file) == 0) {
        throw new IllegalArgumentException(file + " is empty: rejection sampling accepted no answer. Lower rejection.pass_rate, sample more "
            + "answers, or give quality.data other files");
      }
    }
    EarlyStopping scores = new EarlyStopping(s.patience(), read(folder.resolve(SCORES)));
    try (Tokenizer tokenizer = context.tokenizer(); JsonlSource source = JsonlSource.open(data, Demonstration::read);
        JsonlSource heldOut = JsonlSource.open(PostTraining.validation(context, s.validation()), Demonstration::readTruth);
        VisionLanguageModel model = VisionLanguageModel.load(context.backend(), PostTraining.model(context, s.from(), start)).freezeLanguageModel()) {
      AnswerSamples samples = new AnswerSamples(model, tokenizer, PostTraining.maxTokens(context, s.maxTokens()));
      Evaluator evaluator = step -> {
        double right = PostTraining.accuracy(context.backend(), model, samples, tokenizer, heldOut, s.check(), s.answerTokens());
        boolean better = scores.note(step, right);
        if (better) model.save(folder);
        write(folder.resolve(SCORES), scores.scores());
        return right;
      };
      if (scores.scores().isEmpty()) evaluator.score(0);
      // Also where the scores say that nothing gets better: a run that was killed then has yet to save its last step.
      try (DataLoader<VlmBatch.Item> loader = t.reading(DataLoader.<VlmBatch.Item>over(source, line -> item(samples, line)), folder)
          .seed(seed).build()) {
        Training.run(context, "quality", t, model, new VlmTask(model), BatchSource.of(loader, items -> samples.collate(items, t.packing())), seed,
            loop -> loop.every(s.evaluateEvery(), step -> evaluate(step, evaluator, scores)));
      }
      Score best = scores.best().orElseThrow();
      PostTraining.report(context, "quality", "Quality tuning, best at step " + best.step(), List.of(
          Row.of("questions", "before", "validation", "accuracy", (int) heldOut.size(), scores.scores().get(0).value()),
          Row.of("questions", "best", "validation", "accuracy", (int) heldOut.size(), best.value())));
    }
  }

  /** Scores the model as it is after a step, and keeps it if it is the best. */
  @FunctionalInterface
  private interface Evaluator {
    double score(long step) throws IOException;
  }

  private static void evaluate(StepContext step, Evaluator evaluator, EarlyStopping scores) throws IOException {
    double right = evaluator.score(step.step());
    step.log(Map.of("eval/quality", right));
    if (!scores.stop()) return;
    step.message("no better than at step " + scores.best().orElseThrow().step() + " for " + (step.step() - scores.best().get().step()) + " steps");
    step.finish();
  }

  private static VlmBatch.Item item(AnswerSamples samples, Sample line) {
    Demonstration d = Demonstration.read(line.json(), line.key());
    return samples.answers(d.prompt(), samples.pictures(line), List.of(d.answer())).get(0);
  }

  private static List<Score> read(Path file) throws IOException {
    List<Score> scores = new ArrayList<>();
    if (!Files.exists(file)) return scores;
    for (JsonNode s : Json.read(file)) scores.add(new Score(s.path("step").asLong(), s.path("value").asDouble()));
    return scores;
  }

  private static void write(Path file, List<Score> scores) throws IOException {
    AtomicFiles.writeString(file, Json.writePretty(scores));
  }
}
