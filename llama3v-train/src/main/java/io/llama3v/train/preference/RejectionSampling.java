package io.llama3v.train.preference;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What Llama 3's rejection sampling makes of several answers to a question whose truth is known: right and wrong ones are told apart;
 * a question of which too few answers are right is dropped, since its right ones tend to be right for wrong reasons; of the others'
 * different right answers those that a reward model likes best are kept.
 *
 * @param passRate smallest share of right answers
 * @param keep right answers kept of a question, at most
 */
public record RejectionSampling(double passRate, int keep) {
  /** Checks the numbers. */
  public RejectionSampling {
    if (!(passRate >= 0 && passRate <= 1)) throw new IllegalArgumentException("pass_rate " + passRate + "; expected 0 to 1");
    if (keep < 1) throw new IllegalArgumentException("keep " + keep + "; expected 1 or more");
  }

  /** Scores answers to the question at hand, higher is better; asked only if there is a choice. */
  @FunctionalInterface
  public interface Scorer {
    double[] score(List<String> answers);
  }

  /**
   * What became of a question.
   *
   * @param answers how many were sampled
   * @param right how many of them are right
   * @param kept right answers, best first; empty if the question was dropped
   * @param rejected a wrong answer to set against the best, the one sampled most often; null if there is none or nothing was kept
   */
  public record Outcome(int answers, int right, List<String> kept, String rejected) {
    /** Share of right answers. */
    public double rate() {
      return (double) right / answers;
    }
  }

  /** Chooses among answers. */
  public Outcome choose(List<String> answers, String truth, AnswerCheck check, Scorer scorer) {
    if (answers.isEmpty()) throw new IllegalArgumentException("no answers to choose from");
    Set<String> right = new LinkedHashSet<>();
    List<String> wrong = new ArrayList<>();
    int count = 0;
    for (String answer : answers) {
      if (check.right(answer, truth)) {
        count++;
        right.add(answer);
      } else if (!answer.isBlank()) {
        wrong.add(answer);
      }
    }
    if (count == 0 || (double) count / answers.size() < passRate) return new Outcome(answers.size(), count, List.of(), null);
    List<String> ranked = ranked(new ArrayList<>(right), scorer);
    return new Outcome(answers.size(), count, List.copyOf(ranked.subList(0, Math.min(keep, ranked.size()))), mostFrequent(wrong));
  }

  private static List<String> ranked(List<String> answers, Scorer scorer) {
    if (answers.size() == 1) return answers;
    double[] scores = scorer.score(answers);
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < scores.length; i++) order.add(i);
    order.sort((a, b) -> Double.compare(scores[b], scores[a])); // stable: of equals the one sampled first
    return order.stream().map(answers::get).toList();
  }

  private static String mostFrequent(List<String> answers) {
    String best = null;
    int most = 0;
    for (String answer : answers) {
      int n = (int) answers.stream().filter(answer::equals).count();
      if (n > most) {
        best = answer;
        most = n;
      }
    }
    return best;
  }
}
