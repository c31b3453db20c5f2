package io.llama3v.train.eval;

import java.util.List;
import java.util.Locale;

/**
 * Average normalised Levenshtein similarity, the score of DocVQA (Biten et al. 2019): 1 minus the edit distance over the longer
 * length, best over the accepted answers, and 0 below a threshold of one half.
 *
 * <p>Two public implementations disagree, so a reported number should name its {@link Variant}. Distances and lengths count Unicode
 * code points.
 */
public final class Anls {
  private static final double THRESHOLD = 0.5;

  /** Which implementation is followed. */
  public enum Variant {
    /**
     * The Robust Reading Competition's, used by Qwen-VL and lmms-eval, and the default here. Both sides are trimmed, lower-cased and
     * their blanks collapsed, but the <em>length is that of the strings before all this</em> (after upper-casing), so that extra
     * blanks raise the score. A similarity of exactly 0.5 counts.
     */
    RRC,
    /** Pix2Struct's: lower-cased only. A distance of exactly 0.5 scores 0. Two empty strings, undefined there, score 1 here. */
    PIX2STRUCT
  }

  private Anls() { }

  /** Scores one prediction under {@link Variant#RRC}. */
  public static double score(String prediction, List<String> answers) {
    return score(prediction, answers, Variant.RRC);
  }

  /**
   * Scores one prediction.
   *
   * @return a number from 0 to 1
   * @throws IllegalArgumentException when there are no answers
   */
  public static double score(String prediction, List<String> answers, Variant variant) {
    if (answers.isEmpty()) {
      throw new IllegalArgumentException("no accepted answers: ANLS needs at least one");
    }
    return variant == Variant.RRC ? rrc(prediction, answers) : pix2struct(prediction, answers);
  }

  private static double rrc(String prediction, List<String> answers) {
    double least = Double.POSITIVE_INFINITY;
    for (String answer : answers) {
      int length = Math.max(upperLength(answer), upperLength(prediction));
      double distance = length == 0 ? 0 : (double) distance(collapse(answer), collapse(prediction)) / length;
      least = Math.min(least, distance);
    }
    double similarity = 1 - least;
    return similarity < THRESHOLD ? 0 : similarity;
  }

  private static double pix2struct(String prediction, List<String> answers) {
    String predicted = PythonText.lower(prediction);
    double best = 0;
    for (String answer : answers) {
      String target = PythonText.lower(answer);
      int length = Math.max(PythonText.length(target), PythonText.length(predicted));
      double distance = length == 0 ? 0 : (double) distance(target, predicted) / length;
      best = Math.max(best, distance < THRESHOLD ? 1 - distance : 0);
    }
    return best;
  }

  private static String collapse(String text) {
    return String.join(" ", PythonText.split(PythonText.lower(PythonText.strip(text))));
  }

  private static int upperLength(String text) {
    return PythonText.length(text.toUpperCase(Locale.ROOT));
  }

  /** Levenshtein distance over code points: insertions, deletions and substitutions cost 1. */
  public static int distance(String left, String right) {
    int[] a = left.codePoints().toArray();
    int[] b = right.codePoints().toArray();
    int[] row = new int[b.length + 1];
    for (int j = 0; j <= b.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length; i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length; j++) {
        int substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length];
  }
}
