package io.llama3v.data.convert.rewrite;

import io.llama3v.data.convert.Task;
import io.llama3v.data.convert.text.Turn;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether reworded text still gives the true answer, under the normalisation by which the set's own scorer compares. Strict rather than
 * clever: what it cannot tell counts as lost, and the words of the template stay.
 *
 * <ul>
 *   <li>Short answers: the normalised truth occurs as whole words. "Yes" and "no" must come first, without their opposite. Nothing may be
 *       denied ("not", "never", …) that the truth does not deny. The question must not give the answer away.</li>
 *   <li>Options: the last option letter is the right one, or, where no letter occurs, the right option's text occurs and no other's.</li>
 *   <li>Captions: every word of four letters and more, and every number, is still there.</li>
 * </ul>
 */
public final class AnswerKept {
  private static final int LONGEST = 2_000;
  private static final Set<String> DENIALS = Set.of("not", "no", "never", "neither", "nor", "none", "nothing", "without", "cannot", "cant", "isnt",
      "arent", "doesnt", "dont", "wasnt", "werent", "didnt", "hardly");
  private static final Pattern BRACKETS = Pattern.compile("\\(([A-Z])\\)");
  /** A letter that stands alone; an A before a small word is the article. */
  private static final Pattern ALONE = Pattern.compile("(?<![\\p{L}\\p{N}'])([A-Z])(?![\\p{L}\\p{N}'])(?! [a-z])");
  private final UnaryOperator<String> normalization;

  /** @param normalization of the set's scorer; null for lower case and single blanks */
  public AnswerKept(UnaryOperator<String> normalization) {
    this.normalization = normalization == null ? text -> text : normalization;
  }

  /**
   * Looks at reworded text.
   *
   * @return null if the answer is kept; otherwise what is wrong, in a word to count by
   */
  public String lost(Task task, Turn turn) {
    if (turn.question().isBlank() || turn.answer().isBlank()) return "empty";
    if (turn.question().length() > LONGEST || turn.answer().length() > LONGEST) return "too-long";
    if (task instanceof Task.ShortAnswer s) return shortAnswer(s, turn);
    if (task instanceof Task.Choice c) return choice(c, turn.answer()) ? null : "answer-lost";
    if (task instanceof Task.Caption c) return caption(c, turn.answer()) ? null : "answer-lost";
    return "answer-lost";
  }

  private String shortAnswer(Task.ShortAnswer s, Turn turn) {
    List<String> truth = words(s.answer());
    List<String> said = words(turn.answer());
    if (truth.isEmpty() || !contains(said, truth)) return "answer-lost";
    if (truth.equals(List.of("yes")) || truth.equals(List.of("no"))) {
      String opposite = truth.get(0).equals("yes") ? "no" : "yes";
      if (!said.get(0).equals(truth.get(0)) || said.contains(opposite)) return "answer-denied";
      return truth.get(0).equals("yes") && denies(said, truth) ? "answer-denied" : null;
    }
    if (denies(said, truth)) return "answer-denied";
    return contains(words(turn.question()), truth) && !contains(words(s.question()), truth) ? "answer-in-question" : null;
  }

  private static boolean denies(List<String> said, List<String> truth) {
    return said.stream().anyMatch(w -> (DENIALS.contains(w.replace("'", "").replace("’", "")) || w.endsWith("n't")) && !truth.contains(w));
  }

  private boolean choice(Task.Choice c, String answer) {
    int letter = lastLetter(BRACKETS, answer, c.options().size());
    if (letter < 0) letter = lastLetter(ALONE, answer, c.options().size());
    if (letter >= 0) return letter == c.right();
    List<String> said = words(answer);
    List<String> right = words(c.options().get(c.right()));
    if (right.isEmpty() || !contains(said, right) || denies(said, right)) return false;
    for (int i = 0; i < c.options().size(); i++) {
      List<String> other = words(c.options().get(i));
      if (i != c.right() && !other.isEmpty() && !contains(right, other) && contains(said, other)) return false;
    }
    return true;
  }

  private static int lastLetter(Pattern pattern, String text, int options) {
    int last = -1;
    for (Matcher m = pattern.matcher(text); m.find();) {
      int letter = m.group(1).charAt(0) - 'A';
      if (letter < options) last = letter;
    }
    return last;
  }

  /** One of the captions may be the one that was reworded: any that is kept will do. */
  private boolean caption(Task.Caption c, String answer) {
    Set<String> said = Set.copyOf(words(answer));
    return c.captions().stream().anyMatch(caption -> words(caption).stream()
        .filter(w -> w.length() >= 4 || w.matches(".*\\d.*")).allMatch(said::contains));
  }

  /** Normalised words without the punctuation around them. */
  private List<String> words(String text) {
    List<String> words = new ArrayList<>();
    for (String word : normalization.apply(text).toLowerCase(Locale.ROOT).split("\\s+")) {
      String bare = word.replaceAll("^[^\\p{L}\\p{N}$€£%+-]+|[^\\p{L}\\p{N}$€£%]+$", "");
      if (!bare.isEmpty()) words.add(bare);
    }
    return words;
  }

  private static boolean contains(List<String> all, List<String> part) {
    return Collections.indexOfSubList(all, part) >= 0;
  }
}
