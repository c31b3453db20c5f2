package io.llama3v.train.eval;

import io.llama3v.tensor.CounterRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Reads the chosen option out of a free answer, by the rules of MMMU (Yue et al. 2024), which serve AI2D's letters as well.
 *
 * <p>In order: letters in brackets, "(B)"; single letters between blanks, " B "; the text of an option, if the answer has more than
 * five words. Of several, the one that occurs last. Before that {@code , . ! ? ; : '} are stripped from both ends, each once and in this
 * order: "B.!" keeps its stop and is not read, as in the original.
 *
 * <p>Where nothing is found the original draws at random from one global generator, so its score depends on the order of the items.
 * Here the guess is a hash of the item's key: the same at any order, on any machine. {@link Parsed#guessed} marks it, and
 * {@link #score} reports the share of such items and the accuracy with them counted as wrong.
 */
public final class MultipleChoice {
  private static final String STRIPPED = ",.!?;:'";
  private static final int OPTION_TEXT_NEEDS_MORE_WORDS_THAN = 5;

  /** How an answer was read. */
  public enum How { BRACKETS, LETTER, OPTION_TEXT, GUESS }

  /**
   * The option chosen.
   *
   * @param option index, 0 for A
   */
  public record Parsed(int option, How how) {
    /** Whether nothing could be read, so that {@link #option} is a guess. */
    public boolean guessed() {
      return how == How.GUESS;
    }

    /** The option's letter. */
    public String letter() {
      return MultipleChoice.letter(option);
    }
  }

  /** One item: a key that is the same in every run, its options in order, the right one's index, and what the model said. */
  public record Item(String key, List<String> options, int answer, String response) { }

  /**
   * A set of items scored.
   *
   * @param n              items
   * @param accuracy       share of right options, guesses included: the number to compare with published ones
   * @param readAccuracy   share of right options with every guess counted as wrong
   * @param unparsed       share of answers that had to be guessed
   */
  public record Score(int n, double accuracy, double readAccuracy, double unparsed) { }

  private MultipleChoice() { }

  /**
   * Reads one answer.
   *
   * @param response what the model said
   * @param options  texts of the options, A first
   * @param key      the item's key, for the guess
   * @throws IllegalArgumentException when there are no options, or more than 26
   */
  public static Parsed parse(String response, List<String> options, String key) {
    if (options.isEmpty() || options.size() > 26) {
      throw new IllegalArgumentException("item " + key + " has " + options.size() + " options, expected 1 to 26 (A to Z)");
    }
    String text = response;
    for (int i = 0; i < STRIPPED.length(); i++) {
      text = PythonText.strip(text, STRIPPED.charAt(i));
    }
    text = " " + text + " ";
    int found = last(text, options.size(), option -> "(" + letter(option) + ")");
    if (found >= 0) {
      return new Parsed(found, How.BRACKETS);
    }
    found = last(text, options.size(), option -> " " + letter(option) + " ");
    if (found >= 0) {
      return new Parsed(found, How.LETTER);
    }
    if (PythonText.split(text).size() > OPTION_TEXT_NEEDS_MORE_WORDS_THAN) {
      found = last(PythonText.lower(text), options.size(), option -> PythonText.lower(options.get(option)));
      if (found >= 0) {
        return new Parsed(found, How.OPTION_TEXT);
      }
    }
    return new Parsed(new CounterRandom(0, key).below(0, options.size()), How.GUESS);
  }

  /** Scores a set of items. */
  public static Score score(List<Item> items) {
    int right = 0;
    int read = 0;
    int guessed = 0;
    for (Item item : items) {
      Parsed parsed = parse(item.response(), item.options(), item.key());
      boolean hit = parsed.option() == item.answer();
      right += hit ? 1 : 0;
      read += hit && !parsed.guessed() ? 1 : 0;
      guessed += parsed.guessed() ? 1 : 0;
    }
    double n = Math.max(1, items.size());
    return new Score(items.size(), right / n, read / n, guessed / n);
  }

  static String letter(int option) {
    return String.valueOf((char) ('A' + option));
  }

  /** The option whose mark occurs last in the text; the first of those at the same place; -1 where none occurs. */
  private static int last(String text, int options, IntFunction<String> mark) {
    List<Integer> places = new ArrayList<>(options);
    int best = -1;
    for (int option = 0; option < options; option++) {
      places.add(text.lastIndexOf(mark.apply(option)));
      if (places.get(option) >= 0 && (best < 0 || places.get(option) > places.get(best))) {
        best = option;
      }
    }
    return best;
  }
}
