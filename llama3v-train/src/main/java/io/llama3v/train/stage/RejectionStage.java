package io.llama3v.train.stage;

import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.data.pipeline.Permutation;
import io.llama3v.data.sample.Sample;
import io.llama3v.io.AtomicFiles;
import io.llama3v.io.Json;
import io.llama3v.llama.Sampling;
import io.llama3v.tensor.Mix64;
import io.llama3v.tensor.Scope;
import io.llama3v.text.Tokenizer;
import io.llama3v.train.eval.EvaluationTable.Row;
import io.llama3v.train.preference.Demonstration;
import io.llama3v.train.preference.JsonlSource;
import io.llama3v.train.preference.PictureFiles;
import io.llama3v.train.preference.Preference;
import io.llama3v.train.preference.Prompt;
import io.llama3v.train.preference.RejectionSampling;
import io.llama3v.train.preference.RewardModel;
import io.llama3v.train.report.Progress;
import io.llama3v.vision.image.TiledImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Rejection sampling: answers to questions whose truth is known, of which the right ones become data to learn from and the wrong ones
 * become the worse halves of pairs. Every question's outcome is a line of {@code progress.jsonl} as soon as it is known and depends on
 * the question alone, so that a run which was killed goes on behind its last whole line and leaves the files it would have left.
 */
final class RejectionStage implements Stage {
  @Override
  public void run(StageContext context) throws IOException {
    RejectionSection s = context.config().rejection();
    Path folder = context.folder("rejection");
    Files.createDirectories(folder);
    long seed = context.config().seed() + 6;
    try (JsonlSource source = JsonlSource.open(PostTraining.training(context, s.data()), Demonstration::readTruth)) {
      long wanted = s.questions() == 0 ? source.size() : Math.min(s.questions(), source.size());
      Permutation order = new Permutation(source.size(), seed);
      try (RejectionProgress progress = RejectionProgress.open(folder.resolve("progress.jsonl"), settings(context, source),
          context.session().allowedChanges())) {
        if (progress.done() < wanted) sample(context, s, source, order, wanted, seed, progress);
        write(context, source, order, progress.outcomes().subList(0, (int) wanted), folder);
      }
    }
  }

  private static Map<String, String> settings(StageContext context, JsonlSource source) throws IOException {
    Map<String, String> settings = new TreeMap<>(Pipeline.settings(context.config(), "rejection"));
    settings.put("data", source.fingerprint());
    return settings;
  }

  private static void sample(StageContext context, RejectionSection s, JsonlSource source, Permutation order, long wanted, long seed,
      RejectionProgress progress) throws IOException {
    try (Tokenizer tokenizer = context.tokenizer();
        VisionLanguageModel model = VisionLanguageModel.load(context.backend(), PostTraining.model(context, s.from(), SftStage.SOUP));
        RewardModel reward = RewardModel.load(context.backend(), PostTraining.model(context, s.reward(), "reward"));
        Progress bar = Progress.of("rejection sampling", wanted)) {
      AnswerSamples samples = new AnswerSamples(model, tokenizer, PostTraining.maxTokens(context, s.maxTokens()));
      AnswerSamples scored = new AnswerSamples(reward.model(), tokenizer, Integer.MAX_VALUE);
      for (long i = 0; i < progress.done(); i++) bar.step();
      while (progress.done() < wanted) {
        if (context.session().stop().requested()) {
          throw new TrainingStoppedException("rejection", progress.done(), wanted, context.folder("rejection"));
        }
        long place = order.apply(progress.done());
        Sample line = source.read(place);
        Demonstration asked = Demonstration.readTruth(line.json(), line.key());
        List<TiledImage> pictures = samples.pictures(line);
        List<Sampling> ways = new ArrayList<>();
        for (int k = 0; k < s.answers(); k++) ways.add(new Sampling(s.temperature(), s.topP(), Mix64.mix(Mix64.mix(seed, place), k)));
        List<String> answers = PostTraining.generate(context.backend(), model, samples, tokenizer, asked.prompt(), pictures, s.answerTokens(), ways);
        progress.add(s.rule().choose(answers, asked.answer(), s.check(),
            right -> score(reward, scored, asked.prompt(), right, line)));
        bar.step();
      }
    }
  }

  private static double[] score(RewardModel reward, AnswerSamples samples, Prompt prompt, List<String> answers, Sample line) {
    try (Scope scope = reward.model().language().head().backend().scope()) {
      scope.backend().synchronize();
      float[] rewards = reward.rewards(samples.ranked(List.of(samples.answers(prompt, samples.pictures(line), answers)))).toFloats();
      double[] scores = new double[rewards.length];
      for (int i = 0; i < scores.length; i++) scores[i] = rewards[i];
      return scores;
    }
  }

  private static void write(StageContext context, JsonlSource source, Permutation order, List<RejectionSampling.Outcome> outcomes, Path folder)
      throws IOException {
    StringBuilder accepted = new StringBuilder();
    StringBuilder pairs = new StringBuilder();
    int keptQuestions = 0;
    int keptAnswers = 0;
    int madePairs = 0;
    double right = 0;
    double sampled = 0;
    for (int i = 0; i < outcomes.size(); i++) {
      RejectionSampling.Outcome outcome = outcomes.get(i);
      long place = order.apply(i);
      Prompt prompt = Prompt.read(source.line(place), source.where(place)).moved(source.file(place), folder);
      right += outcome.right();
      sampled += outcome.answers();
      keptQuestions += outcome.kept().isEmpty() ? 0 : 1;
      for (String answer : outcome.kept()) {
        accepted.append(Json.write(new Demonstration(prompt, answer).toJson().put("pass_rate", outcome.rate()))).append('\n');
        keptAnswers++;
      }
      if (outcome.rejected() != null) {
        pairs.append(Json.write(new Preference(prompt, outcome.kept().get(0), outcome.rejected(), null).toJson())).append('\n');
        madePairs++;
      }
    }
    AtomicFiles.writeString(folder.resolve(PostTraining.ACCEPTED), accepted);
    AtomicFiles.writeString(folder.resolve(PostTraining.PREFERENCES), pairs);
    PostTraining.report(context, "rejection", "Rejection sampling: " + keptAnswers + " answers to " + keptQuestions + " questions kept, "
        + madePairs + " pairs", List.of(
            Row.of("sampled answers", "right", "training", "share", (int) sampled, right / sampled),
            Row.of("questions", "kept", "training", "share", outcomes.size(), (double) keptQuestions / outcomes.size())));
  }
}
