package io.llama3v.data.curate.engine;

import java.util.Map;

/**
 * How an engine is to run. None of this is part of a curation's configuration: results do not depend on it.
 *
 * @param threads    of the local engine; 0 for all cores
 * @param master     where a cluster is; null for the engine's default
 * @param partitions into how many pieces a cluster's engine cuts the shards of a phase; 0 for one a shard
 * @param settings   the cluster's own, by its own names
 */
public record EngineOptions(int threads, String master, int partitions, Map<String, String> settings) {
  public EngineOptions {
    if (partitions < 0) {
      throw new IllegalArgumentException("partitions are " + partitions + "; expected a positive number, or 0 for one a shard");
    }
    settings = Map.copyOf(settings);
  }
}
