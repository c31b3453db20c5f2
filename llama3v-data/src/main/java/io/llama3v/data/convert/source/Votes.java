package io.llama3v.data.convert.source;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The answer most people gave. */
final class Votes {
  private Votes() {}

  /** The most frequent answer but for case; the first of those equally frequent. */
  static String most(List<String> answers) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (String answer : answers) counts.merge(answer.strip().toLowerCase(Locale.ROOT), 1, Integer::sum);
    String best = null;
    for (Map.Entry<String, Integer> e : counts.entrySet()) if (best == null || e.getValue() > counts.get(best)) best = e.getKey();
    String chosen = best;
    return answers.stream().filter(a -> a.strip().toLowerCase(Locale.ROOT).equals(chosen)).findFirst().orElseThrow().strip();
  }
}
