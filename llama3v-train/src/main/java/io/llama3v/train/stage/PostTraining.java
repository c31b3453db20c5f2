package io.llama3v.train.stage;

import io.llama3v.adapter.ImageConversation;
import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.backend.Backend;
import io.llama3v.data.sample.Sample;
import io.llama3v.llama.Sampling;
import io.llama3v.llama.TextGenerator;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Tensor;
import io.llama3v.text.Tokenizer;
import io.llama3v.train.eval.EvaluationTable;
import io.llama3v.train.eval.EvaluationTable.Row;
import io.llama3v.train.preference.AnswerCheck;
import io.llama3v.train.preference.Demonstration;
import io.llama3v.train.preference.JsonlSource;
import io.llama3v.train.preference.PairStatistics;
import io.llama3v.train.preference.Preference;
import io.llama3v.train.preference.PreferenceBatch;
import io.llama3v.train.preference.Prompt;
import io.llama3v.vision.image.TiledImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What the stages after fine-tuning share: where their models and files are, and how answers and pairs are measured. */
final class PostTraining {
  static final String TRAIN = "train.jsonl";
  static final String VALIDATION = "validation.jsonl";
  static final String ACCEPTED = "accepted.jsonl";
  static final String PREFERENCES = "preferences.jsonl";

  private PostTraining() {}

  /** A section's own folder, or the result of a stage. */
  static Path model(StageContext context, Path given, String stage) {
    return given != null ? given : context.folder(stage);
  }

  /** A section's own files, or the held-out ones of the {@code preferences} stage. */
  static List<Path> validation(StageContext context, List<Path> given) {
    return given.isEmpty() ? List.of(context.folder("preferences").resolve(VALIDATION)) : given;
  }

  /** A section's own files, or those of the {@code preferences} stage. */
  static List<Path> training(StageContext context, List<Path> given) {
    return given.isEmpty() ? List.of(context.folder("preferences").resolve(TRAIN)) : given;
  }

  static int maxTokens(StageContext context, int given) {
    if (given > 0) return given;
    if (context.config().adapter() == null) throw new IllegalArgumentException("there is no 'adapter' section to take max_tokens from; write max_tokens");
    return context.config().adapter().maxTokens();
  }

  /** A preference as answers ready to be compared. */
  static List<VlmBatch.Item> ranked(AnswerSamples samples, Sample line) {
    Preference preference = Preference.read(line.json(), line.key());
    return samples.answers(preference.prompt(), samples.pictures(line), preference.ranked());
  }

  /** How a score orders the pairs of files; {@code score} gives [S, 1]. */
  static PairStatistics pairs(Backend backend, AnswerSamples samples, JsonlSource source, int batchSize, Function<PreferenceBatch, Tensor> score)
      throws IOException {
    PairStatistics all = PairStatistics.NONE;
    for (long from = 0; from < source.size(); from += batchSize) {
      List<List<VlmBatch.Item>> prompts = new ArrayList<>();
      for (long i = from; i < Math.min(source.size(), from + batchSize); i++) prompts.add(ranked(samples, source.read(i)));
      PreferenceBatch batch = samples.ranked(prompts);
      try (Scope scope = backend.scope()) {
        float[] scores = score.apply(batch).toFloats();
        float[] margins = new float[batch.pairs().length];
        for (int p = 0; p < margins.length; p++) margins[p] = scores[batch.pairs()[p][0]] - scores[batch.pairs()[p][1]];
        all = all.plus(margins);
        scope.backend().synchronize();
      }
    }
    return all;
  }

  /** Share of held-out questions that a model answers right, greedily. */
  static double accuracy(Backend backend, VisionLanguageModel model, AnswerSamples samples, Tokenizer tokenizer, JsonlSource source,
      AnswerCheck check, int answerTokens) throws IOException {
    int right = 0;
    for (long i = 0; i < source.size(); i++) {
      Sample line = source.read(i);
      Demonstration d = Demonstration.readTruth(line.json(), line.key());
      String answer = generate(backend, model, samples, tokenizer, d.prompt(), samples.pictures(line), answerTokens, List.of(Sampling.GREEDY)).get(0);
      right += check.right(answer, d.answer()) ? 1 : 0;
    }
    return (double) right / source.size();
  }

  /** An answer for each way of sampling; pictures are encoded once. */
  static List<String> generate(Backend backend, VisionLanguageModel model, AnswerSamples samples, Tokenizer tokenizer, Prompt prompt,
      List<TiledImage> pictures, int answerTokens, List<Sampling> sampling) {
    Set<Integer> stop = IntStream.of(samples.chat().stopIds()).boxed().collect(Collectors.toUnmodifiableSet());
    VlmBatch.Item item = samples.prompt(prompt, pictures);
    VlmBatch batch = samples.collate(List.of(item), 0);
    List<String> answers = new ArrayList<>();
    try (ImageConversation conversation = new ImageConversation(model, batch.images())) {
      for (Sampling way : sampling) {
        answers.add(tokenizer.decode(TextGenerator.generate(conversation, backend, item.text().ids(), answerTokens, way, stop)).strip());
      }
    }
    return answers;
  }

  /** Writes a stage's scores beside its model, and shows them. */
  static void report(StageContext context, String stage, String title, List<Row> rows) throws IOException {
    EvaluationTable table = new EvaluationTable(title, rows);
    EvaluationTable.write(context.folder(stage).resolve("evaluation.json"), List.of(table));
    System.out.println(table.toConsole());
  }
}
