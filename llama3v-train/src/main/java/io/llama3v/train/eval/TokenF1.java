package io.llama3v.train.eval;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * F1 over the words of a caption: {@code 2 * overlap / (words predicted + words expected)}, where a word that occurs twice counts twice.
 *
 * <p>Words are runs of letters, digits and combining marks, lower-cased; punctuation separates and is dropped, and an apostrophe inside
 * a word is dropped without parting it ("don't" is one word). Articles count, unlike in SQuAD: captions are short, and leaving words out
 * would flatter them. Two captions without words score 1, one without words 0.
 */
public final class TokenF1 {
  private TokenF1() { }

  /** F1 of one caption against one reference, from 0 to 1. */
  public static double score(String prediction, String reference) {
    List<String> predicted = tokens(prediction);
    List<String> expected = tokens(reference);
    if (predicted.isEmpty() && expected.isEmpty()) {
      return 1;
    }
    Map<String, Integer> left = new HashMap<>();
    expected.forEach(token -> left.merge(token, 1, Integer::sum));
    int overlap = 0;
    for (String token : predicted) {
      if (left.merge(token, -1, Integer::sum) >= 0) {
        overlap++;
      }
    }
    return 2.0 * overlap / (predicted.size() + expected.size());
  }

  /**
   * The best F1 over several references.
   *
   * @throws IllegalArgumentException when there are none
   */
  public static double score(String prediction, List<String> references) {
    return references.stream().mapToDouble(reference -> score(prediction, reference)).max()
        .orElseThrow(() -> new IllegalArgumentException("no reference captions: token F1 needs at least one"));
  }

  /** The words of a caption, as they are counted. */
  public static List<String> tokens(String text) {
    List<String> tokens = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    PythonText.lower(text).codePoints().forEach(c -> {
      if (Character.isLetterOrDigit(c) || Character.getType(c) == Character.NON_SPACING_MARK) {
        word.appendCodePoint(c);
      } else if (c != '\'' && c != '\u2019') {
        flush(word, tokens);
      }
    });
    flush(word, tokens);
    return tokens;
  }

  private static void flush(StringBuilder word, List<String> tokens) {
    if (word.length() > 0) {
      tokens.add(word.toString());
      word.setLength(0);
    }
  }
}
