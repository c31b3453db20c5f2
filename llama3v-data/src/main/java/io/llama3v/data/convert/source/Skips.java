package io.llama3v.data.convert.source;

import java.util.Map;
import java.util.TreeMap;

/** Counts by reason. */
final class Skips {
  private final Map<String, Long> counts = new TreeMap<>();

  void add(String reason) {
    counts.merge(reason, 1L, Long::sum);
  }

  Map<String, Long> counts() {
    return Map.copyOf(counts);
  }
}
