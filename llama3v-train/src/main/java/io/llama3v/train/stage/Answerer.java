package io.llama3v.train.stage;

import io.llama3v.adapter.CrossAttentionWeights;
import io.llama3v.adapter.ImageConversation;
import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.backend.Backend;
import io.llama3v.data.sample.Sample;
import io.llama3v.llama.Sampling;
import io.llama3v.llama.TextGenerator;
import io.llama3v.text.Tokenizer;
import io.llama3v.train.report.AttentionMaps;
import io.llama3v.train.report.ReportData;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Lets a model answer questions and describe pictures, with its eyes open or shut. Greedy. */
final class Answerer {
  private final Backend backend;
  private final VisionLanguageModel model;
  private final Tokenizer tokenizer;
  private final PictureSamples samples;
  private final Set<Integer> stop;
  // Without a picture the same question always gets the same answer.
  private final Map<String, String> blind = new HashMap<>();

  Answerer(Backend backend, VisionLanguageModel model, Tokenizer tokenizer, int maxTokens) {
    this.backend = backend;
    this.model = model;
    this.tokenizer = tokenizer;
    this.samples = PictureSamples.of(model, tokenizer, maxTokens);
    this.stop = IntStream.of(samples.chat().stopIds()).boxed().collect(Collectors.toUnmodifiableSet());
  }

  /** The answer to a question about a picture. */
  String answer(Sample sample, String question, int maxNew) {
    return generate(samples.question(sample, question), maxNew);
  }

  /** The blind answer: the same language model, asked without the picture. */
  String blind(String question, int maxNew) {
    return blind.computeIfAbsent(question, q -> answerBlind(q, maxNew));
  }

  private String answerBlind(String question, int maxNew) {
    int[] prompt = samples.chat().encode(List.of(io.llama3v.text.Message.user(question)), true).ids();
    return decode(TextGenerator.generate(new ImageConversation(model, null), backend, prompt, maxNew, Sampling.GREEDY, stop));
  }

  /** A description of a picture. */
  String describe(Sample sample, int maxNew) {
    return generate(samples.captionPrompt(sample), maxNew);
  }

  /** What the language model says where a description would begin, without a picture. */
  String blindDescription(int maxNew) {
    int[] prompt = samples.chat().captionPrompt("", 0).ids();
    return decode(TextGenerator.generate(new ImageConversation(model, null), backend, prompt, maxNew, Sampling.GREEDY, stop));
  }

  /** What was answered, and where the cross-attention layers looked meanwhile. */
  record Seen(String answer, List<ReportData.AttentionMap> attention) {}

  /** As {@link #answer}, with a second look at where the model looked. */
  Seen explain(Sample sample, String question, int maxNew) {
    return look(samples.question(sample, question), maxNew);
  }

  /** As {@link #describe}, with a second look at where the model looked. */
  Seen explainDescription(Sample sample, int maxNew) {
    return look(samples.captionPrompt(sample), maxNew);
  }

  private Seen look(VlmBatch.Item item, int maxNew) {
    VlmBatch batch = samples.collate(List.of(item));
    int[] answer = tokens(item, batch, maxNew);
    return new Seen(decode(answer), AttentionMaps.of(CrossAttentionWeights.ofAnswer(model, item.text().ids(), answer, batch.images()), 0,
        item.images().get(0).placement()));
  }

  private String generate(VlmBatch.Item item, int maxNew) {
    return decode(tokens(item, samples.collate(List.of(item)), maxNew));
  }

  private int[] tokens(VlmBatch.Item item, VlmBatch batch, int maxNew) {
    try (ImageConversation conversation = new ImageConversation(model, batch.images())) {
      return TextGenerator.generate(conversation, backend, item.text().ids(), maxNew, Sampling.GREEDY, stop);
    }
  }

  private String decode(int[] ids) {
    return tokenizer.decode(ids).strip();
  }
}
