package io.llama3v.data.pipeline;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where a {@link DataLoader} stands: all that another one with the same sources and seed needs to go on as this one would have.
 *
 * @param position  places of the global stream consumed
 * @param delivered places that the loader itself has delivered, of which the fraction of bad samples is taken
 * @param bad       bad samples so far, by reason
 */
public record LoaderState(long position, long delivered, Map<String, Long> bad) {
  public LoaderState {
    bad = Collections.unmodifiableMap(new TreeMap<>(bad));
  }

  /** A position, and nothing bad before it. */
  public static LoaderState at(long position) {
    return new LoaderState(position, position, Map.of());
  }

  /** Bad samples so far. */
  public long badCount() {
    return bad.values().stream().mapToLong(Long::longValue).sum();
  }
}
