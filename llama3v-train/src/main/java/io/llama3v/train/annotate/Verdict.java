package io.llama3v.train.annotate;

import java.util.Comparator;
import java.util.List;

/**
 * What several people's answers to an item come to.
 *
 * @param answer what the model is to learn to say: of several texts the one nearest to all others, of equally near ones the first; null
 *     where nobody wrote or accepted one
 * @param chosen the better draft, or the text that was made of the only one; null where neither is better
 * @param rejected the worse one; null where {@code chosen} is
 * @param edited the better draft, improved; null where nobody did
 */
record Verdict(String answer, String chosen, String rejected, String edited) {
  /** Of the last answers of everybody to one item, oldest first. */
  static Verdict of(List<Draft> drafts, List<Answer> answers) {
    List<String> edits = answers.stream().filter(a -> a.reply() instanceof Reply.Edited).map(a -> ((Reply.Edited) a.reply()).text()).toList();
    if (!edits.isEmpty()) {
      String answer = medoid(edits);
      String draft = drafts.get(0).text();
      boolean pair = !draft.isBlank() && !answer.equals(draft);
      return new Verdict(answer, pair ? answer : null, pair ? draft : null, null);
    }
    List<Reply.Rated> ratings = answers.stream().filter(a -> a.reply() instanceof Reply.Rated).map(a -> (Reply.Rated) a.reply()).toList();
    // The mean rating's sign: one who strongly prefers an answer outweighs one who slightly prefers the other.
    int sum = ratings.stream().mapToInt(Reply.Rated::rating).sum();
    if (sum == 0) return new Verdict(null, null, null, null);
    int better = sum > 0 ? 1 : 0;
    String chosen = drafts.get(better).text();
    List<String> improved = ratings.stream().filter(r -> r.rating() != 0 && r.better() == better && r.edit() != null && !r.edit().equals(chosen))
        .map(Reply.Rated::edit).toList();
    String edited = improved.isEmpty() ? null : medoid(improved);
    return new Verdict(edited, chosen, drafts.get(1 - better).text(), edited);
  }

  private static String medoid(List<String> texts) {
    return texts.stream().min(Comparator.comparingDouble((String t) -> texts.stream().mapToDouble(o -> Annotation.distance(t, o)).sum())).orElseThrow();
  }
}
