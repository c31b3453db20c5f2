package io.llama3v.train.eval;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Share of answers equal to their target, by kind of question. Both sides are lower-cased, trimmed, their blanks collapsed, and
 * full stops, exclamation and question marks at the end dropped; nothing else is forgiven.
 */
public final class ExactMatch {

  /** One answered question. */
  public record Answer(String kind, String prediction, String target) { }

  /**
   * What was reached on one kind of question.
   *
   * @param n        questions
   * @param correct  right answers
   * @param majority share of the most frequent target: what always giving one and the same answer would score. This, not one over the
   *                 number of possible answers, is the chance level of an unbalanced question
   */
  public record Score(int n, int correct, double majority) {
    /** Share of right answers. */
    public double accuracy() {
      return n == 0 ? 0 : (double) correct / n;
    }
  }

  private ExactMatch() { }

  /** Whether the prediction equals the target after {@link #normalize}. */
  public static boolean matches(String prediction, String target) {
    return normalize(prediction).equals(normalize(target));
  }

  /** Lower case, single blanks, no stop at the end. */
  public static String normalize(String text) {
    String joined = String.join(" ", PythonText.split(PythonText.lower(text)));
    int end = joined.length();
    while (end > 0 && ".!? ".indexOf(joined.charAt(end - 1)) >= 0) {
      end--;
    }
    return joined.substring(0, end);
  }

  /** Scores by kind, in the order in which kinds first appear. */
  public static Map<String, Score> byKind(List<Answer> answers) {
    Map<String, List<Answer>> kinds = new LinkedHashMap<>();
    answers.forEach(answer -> kinds.computeIfAbsent(answer.kind(), k -> new ArrayList<>()).add(answer));
    Map<String, Score> scores = new LinkedHashMap<>();
    kinds.forEach((kind, list) -> scores.put(kind, score(list)));
    return scores;
  }

  private static Score score(List<Answer> answers) {
    Map<String, Integer> targets = new HashMap<>();
    int correct = 0;
    int most = 0;
    for (Answer answer : answers) {
      correct += matches(answer.prediction(), answer.target()) ? 1 : 0;
      most = Math.max(most, targets.merge(normalize(answer.target()), 1, Integer::sum));
    }
    return new Score(answers.size(), correct, (double) most / answers.size());
  }
}
