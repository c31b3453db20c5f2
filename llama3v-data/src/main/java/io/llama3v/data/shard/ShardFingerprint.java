package io.llama3v.data.shard;

import io.llama3v.io.Digests;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * SHA-256 of what an index of shards holds: key, place and length of every sample, and the shards' bytes. Up to
 * {@value #WHOLE} bytes in all every one is read; of more, every n-th block of {@value #BLOCK} bytes, n the smallest number that
 * keeps to that many, so that beginning to train on a terabyte does not begin with reading it.
 */
final class ShardFingerprint {
  static final long WHOLE = 1L << 30;
  static final int BLOCK = 1 << 16;
  private final MessageDigest digest = Digests.sha256();

  /** Takes in where a sample lies. */
  void sample(String key, int shard, long start, int length) {
    digest.update((key + '\0' + shard + '\0' + start + '\0' + length + '\n').getBytes(StandardCharsets.UTF_8));
  }

  /** Takes in the shards' bytes, in their order. */
  void bytes(FileChannel[] channels) throws IOException {
    long total = 0;
    for (FileChannel channel : channels) total += channel.size();
    long stride = BLOCK * Math.max(1, (total + WHOLE - 1) / WHOLE);
    ByteBuffer block = ByteBuffer.allocate(BLOCK);
    for (FileChannel channel : channels) {
      digest.update((channel.size() + "\n").getBytes(StandardCharsets.US_ASCII));
      for (long at = 0; at < channel.size(); at += stride) {
        block.clear();
        while (block.hasRemaining() && channel.read(block, at + block.position()) >= 0) continue;
        digest.update(block.flip());
      }
    }
  }

  String hex() {
    return Digests.hex(digest);
  }
}
