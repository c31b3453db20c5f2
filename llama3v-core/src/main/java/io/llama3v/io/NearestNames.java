package io.llama3v.io;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Finds the known names that someone who wrote an unknown one may have meant. */
public final class NearestNames {
  private NearestNames() {}

  /**
   * At most {@code count} names, nearest first: those that contain {@code wanted} or are contained in it (a prefix
   * forgotten or added), then by Levenshtein distance, ignoring case.
   */
  public static List<String> of(String wanted, Collection<String> known, int count) {
    record Candidate(String name, boolean apart, int distance) {}
    return known.stream()
        .map(name -> new Candidate(name, !(within(wanted, name) || within(name, wanted)), distance(wanted, name)))
        .sorted(Comparator.comparing(Candidate::apart).thenComparingInt(Candidate::distance)
            .thenComparing(Candidate::name))
        .limit(count).map(Candidate::name).toList();
  }

  private static boolean within(String part, String whole) {
    return part.length() > 3 && whole.contains(part);
  }

  /** Levenshtein distance, ignoring case: the fewest single-character insertions, deletions and replacements. */
  public static int distance(String left, String right) {
    String a = left.toLowerCase(Locale.ROOT);
    String b = right.toLowerCase(Locale.ROOT);
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
