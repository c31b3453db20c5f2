package io.llama3v.data.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Samples that could not be used, counted when their place in the stream is consumed, so that the counts do not depend
 * on threads or prefetching.
 */
public final class BadSamples {
  private static final int MAX_EXAMPLES = 100;
  private final Map<String, Long> byReason = new TreeMap<>();
  private final List<String> examples = new ArrayList<>();
  private long count;

  void add(String sample, Throwable cause) {
    count++;
    byReason.merge(cause.getClass().getSimpleName(), 1L, Long::sum);
    if (examples.size() < MAX_EXAMPLES) {
      examples.add(sample + ": " + (cause.getMessage() == null ? cause.toString() : cause.getMessage()));
    }
  }

  /** Goes on from counts of an earlier session; its examples are not known any more. */
  void restore(Map<String, Long> counts) {
    byReason.clear();
    byReason.putAll(counts);
    examples.clear();
    count = counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Places of the stream whose own sample was bad. */
  public long count() {
    return count;
  }

  /** Counts by exception class. */
  public Map<String, Long> byReason() {
    return Map.copyOf(byReason);
  }

  /** The first hundred of this session, with their messages. */
  public List<String> examples() {
    return List.copyOf(examples);
  }
}
