package io.llama3v.data.convert.source;

import io.llama3v.data.convert.json.JsonView;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The answers that several people gave to a question. */
final class Answers {
  private Answers() {}

  /** The key {@code answers} of a question, which the test splits of DocVQA and TextVQA do not have. */
  static List<String> of(JsonView question) {
    if (!question.has("answers")) throw question.bad("no 'answers': the test split has none, convert 'train' or 'val'");
    List<String> answers = question.texts("answers");
    if (answers.isEmpty()) throw question.bad("answers", "expected answers, found none");
    return answers;
  }

  /** The most frequent answer but for case; the first of those equally frequent. */
  static String mostFrequent(List<String> answers) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (String answer : answers) counts.merge(answer.strip().toLowerCase(Locale.ROOT), 1, Integer::sum);
    String best = null;
    for (Map.Entry<String, Integer> e : counts.entrySet()) if (best == null || e.getValue() > counts.get(best)) best = e.getKey();
    String chosen = best;
    return answers.stream().filter(a -> a.strip().toLowerCase(Locale.ROOT).equals(chosen)).findFirst().orElseThrow().strip();
  }
}
