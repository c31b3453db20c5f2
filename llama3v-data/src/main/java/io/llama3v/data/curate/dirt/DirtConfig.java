package io.llama3v.data.curate.dirt;

import java.nio.file.Path;

/**
 * How shards are made dirty.
 *
 * @param shards       pattern of clean shards whose samples have {@code json} with {@code captions}
 * @param output       folder of the dirty ones, {@code dirty-000000.tar}…, and of {@code truth.jsonl}
 * @param samples      how many clean samples to take, from the first on; 0 for all
 * @param share        of each kind of dirt that changes or adds samples, as a fraction of the clean samples; copies and mismatched captions
 *     come twice as often
 * @param shardSamples samples in a dirty shard
 * @param seed         of all choices
 */
public record DirtConfig(String shards, Path output, int samples, double share, int shardSamples, long seed) {
  /** Checks. */
  public DirtConfig {
    if (samples < 0 || shardSamples < 1 || !(share > 0 && share <= 0.05)) {
      throw new IllegalArgumentException("'samples' must not be negative, 'shard_samples' must be positive, 'share' over 0 and at most 0.05");
    }
  }
}
