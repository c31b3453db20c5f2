package io.llama3v.data.convert.text;

import io.llama3v.data.convert.Metric;
import io.llama3v.data.convert.Task;
import io.llama3v.data.convert.Truth;
import java.util.List;

/**
 * The one wording in which benchmarks are asked, so that scores can be compared: as in lmms-eval's task files ({@code vqav2}, {@code
 * textvqa}, {@code docvqa}, {@code chartqa}, {@code ai2d}, {@code mmmu}).
 */
public final class BenchmarkPrompt {
  private static final String PHRASE = "Answer the question using a single word or phrase.";

  private BenchmarkPrompt() {}

  /** What to ask for a question. */
  public static String of(Truth truth) {
    return of(truth.metric(), null, truth.question(), truth.options());
  }

  /** A task in its benchmark's wording; null for tasks that are no benchmark's. */
  static Turn of(Metric metric, Task task) {
    if (task instanceof Task.ShortAnswer s && metric != null) return new Turn(of(metric, null, s.question(), List.of()), s.answer());
    if (task instanceof Task.Choice c) {
      return new Turn(of(Metric.MULTIPLE_CHOICE, c.context(), c.question(), c.options()), Placeholders.letter(c.right()));
    }
    return null;
  }

  /** What is to be read before stands in the truth's question already. */
  private static String of(Metric metric, String context, String question, List<String> options) {
    String asked = context == null ? question : context + "\n" + question;
    return switch (metric) {
      case VQA_ACCURACY, ANLS, OPEN_ANSWER, EXACT_MATCH -> asked + "\n" + PHRASE;
      case RELAXED_ACCURACY -> asked + "\nAnswer the question with a single word.";
      case MULTIPLE_CHOICE -> asked + "\n" + Placeholders.lines(options) + "\nAnswer with the option's letter from the given choices directly.";
    };
  }
}
