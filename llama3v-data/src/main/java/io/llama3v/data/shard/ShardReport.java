package io.llama3v.data.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Everything that was left out while reading shards, by reason, so that nothing is lost without being counted. Keeps
 * the first {@value #MAX_EXAMPLES} examples. Filled by one thread.
 */
public final class ShardReport {
  private static final int MAX_EXAMPLES = 20;
  private final Map<String, Long> counts = new TreeMap<>();
  private final List<String> examples = new ArrayList<>();

  void count(String reason, String example) {
    counts.merge(reason, 1L, Long::sum);
    if (examples.size() < MAX_EXAMPLES) {
      examples.add(reason + ": " + example);
    }
  }

  /** Counts by reason: members ("link or device", "name outside the rules"…), samples, and damaged archives. */
  public Map<String, Long> counts() {
    return Map.copyOf(counts);
  }

  public long count(String reason) {
    return counts.getOrDefault(reason, 0L);
  }

  public List<String> examples() {
    return List.copyOf(examples);
  }

  @Override
  public String toString() {
    return counts.isEmpty() ? "nothing left out" : counts.toString();
  }
}
