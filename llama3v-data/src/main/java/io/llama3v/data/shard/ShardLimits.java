package io.llama3v.data.shard;

/**
 * Bounds checked against a header's claims before anything is allocated.
 *
 * @param maxMemberBytes  largest member that is read
 * @param maxSampleBytes  largest sample, headers included
 * @param maxNameBytes    longest name, and largest extended header
 */
public record ShardLimits(int maxMemberBytes, int maxSampleBytes, int maxNameBytes) {
  /** 64 MiB a member, 128 MiB a sample, 64 KiB of extended header. */
  public static final ShardLimits DEFAULT = new ShardLimits(64 << 20, 128 << 20, 64 << 10);

  public ShardLimits {
    if (maxMemberBytes <= 0 || maxSampleBytes <= 0 || maxNameBytes <= 0) {
      throw new IllegalArgumentException("shard limits must be positive");
    }
  }
}
