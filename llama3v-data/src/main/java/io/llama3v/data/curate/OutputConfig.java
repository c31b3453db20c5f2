package io.llama3v.data.curate;

/**
 * What a run leaves beside ledger and funnel.
 *
 * @param shards       whether curated shards are written to {@code RUN/shards}
 * @param selection    whether {@code RUN/selection.jsonl.gz} is written, which a loader applies to the raw shards
 * @param name         of the shards: {@code NAME-000000.tar}
 * @param shardSamples samples in a shard
 */
public record OutputConfig(Boolean shards, Boolean selection, String name, int shardSamples) {
  /** Fills in defaults and checks. */
  public OutputConfig {
    shards = shards == null || shards;
    selection = selection == null || selection;
    name = name == null ? "curated" : name;
    shardSamples = shardSamples == 0 ? 1000 : shardSamples;
    if (!name.matches("[A-Za-z0-9_-]{1,64}")) {
      throw new IllegalArgumentException("'name' is '" + name + "'; expected letters, digits, '-' and '_', at most 64");
    }
    if (shardSamples < 1) {
      throw new IllegalArgumentException("'shard_samples' must be positive, not " + shardSamples);
    }
  }
}
