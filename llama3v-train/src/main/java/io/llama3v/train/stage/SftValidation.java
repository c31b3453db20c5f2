package io.llama3v.train.stage;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.sample.SampleSource;
import io.llama3v.data.shard.ShardIndex;
import io.llama3v.text.Tokenizer;
import java.io.IOException;

/**
 * Scores vision-language models on validation data: one half to choose by, another to check the choice with, which had no part in it.
 */
final class SftValidation implements AutoCloseable {
  private final StageContext context;
  private final ValidationConfig config;
  private final ShardIndex data;
  private final Tokenizer tokenizer;
  private final int maxTokens;

  private SftValidation(StageContext context, ValidationConfig config, ShardIndex data, Tokenizer tokenizer, int maxTokens) {
    this.context = context;
    this.config = config;
    this.data = data;
    this.tokenizer = tokenizer;
    this.maxTokens = maxTokens;
  }

  static SftValidation open(StageContext context, int maxTokens) throws IOException {
    ValidationConfig config = context.config().sft().validation();
    ShardIndex data = ShardIndex.open(config.shards() == null ? context.shards("questions/validation") : config.shards());
    return new SftValidation(context, config, data, context.tokenizer(), maxTokens);
  }

  /** Samples of each half. */
  int samples() {
    return (int) Math.max(1, Math.min(config.samples(), data.size() / 2));
  }

  /** What is measured; higher is better. */
  String metric() {
    return config.score() == ValidationConfig.Score.ANSWERS ? "answers right" : "negative loss";
  }

  /** True if a score is a part of a whole, and so a percentage. */
  boolean isFraction() {
    return config.score() == ValidationConfig.Score.ANSWERS;
  }

  /** The score on the half that chooses. */
  double choose(VisionLanguageModel model) throws IOException {
    return score(model, 0);
  }

  /** The score on the half that checks. */
  double check(VisionLanguageModel model) throws IOException {
    return score(model, Math.min(samples(), data.size() - samples()));
  }

  private double score(VisionLanguageModel model, long first) throws IOException {
    return config.score() == ValidationConfig.Score.ANSWERS ? answers(model, first) : -loss(model, first);
  }

  private double answers(VisionLanguageModel model, long first) throws IOException {
    Answerer answerer = new Answerer(context.backend(), model, tokenizer, maxTokens);
    double right = 0;
    for (long i = first; i < first + samples(); i++) {
      Sample sample = data.read(i);
      JsonNode q = sample.json().path("conversations").path(0);
      if (q.isMissingNode()) {
        throw new IllegalArgumentException("sft.validation: sample '" + sample.key() + "' of " + data.describe() + " has no 'conversations' of question and "
            + "answer; with conversations of 'messages' choose by 'score: loss'");
      }
      String answer = answerer.answer(sample, q.path("question").asText(), AnswerScore.ANSWER_TOKENS);
      right += AnswerScore.of(q.path("kind").asText(), answer, q.path("answer").asText());
    }
    return right / samples();
  }

  private double loss(VisionLanguageModel model, long first) throws IOException {
    SampleSource half = new SampleSource() {
      @Override
      public long size() {
        return samples();
      }

      @Override
      public Sample read(long index) throws IOException {
        return data.read(first + index);
      }

      @Override
      public String describe() {
        return data.describe();
      }
    };
    return new HeldOutLoss(half, samples()).score(model, tokenizer).get("loss");
  }

  @Override
  public void close() throws IOException {
    tokenizer.close();
    data.close();
  }
}
