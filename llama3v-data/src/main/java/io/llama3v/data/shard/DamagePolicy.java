package io.llama3v.data.shard;

/** What to do with an archive that is damaged from some offset on. */
public enum DamagePolicy {
  /** Throw a {@link ShardException} that names the file and the offset. */
  STOP,
  /** Keep the samples before the damage, drop the rest of that file, and count it in {@link ShardReport}. */
  SKIP_AND_COUNT
}
