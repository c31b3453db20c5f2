package io.llama3v.data.sample;

import io.llama3v.io.Digests;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;

/** Samples that can be read at random, by index. Implementations are safe for use by several threads. */
public interface SampleSource {

  /** Number of samples. */
  long size();

  /**
   * Reads one sample.
   *
   * @param index 0 ≤ index &lt; {@link #size()}
   */
  Sample read(long index) throws IOException;

  /** A short name for messages: a path, a pattern. */
  String describe();

  /**
   * What the source holds, in a few characters: equal for equal samples in the same order, wherever they lie, and different where
   * samples were added, removed, reordered or changed. A run refuses to go on with other data than it began with. Takes time in
   * proportion to the data; not asked for in every step.
   *
   * <p>Unless a source can tell more, its size.
   */
  default String fingerprint() throws IOException {
    return size() + " samples";
  }

  /** Samples held in memory. */
  static SampleSource of(List<Sample> samples) {
    List<Sample> copy = List.copyOf(samples);
    return new SampleSource() {
      @Override
      public long size() {
        return copy.size();
      }

      @Override
      public Sample read(long index) {
        return copy.get(Math.toIntExact(index));
      }

      @Override
      public String fingerprint() {
        MessageDigest digest = Digests.sha256();
        for (Sample sample : copy) {
          digest.update((sample.key() + '\0').getBytes(StandardCharsets.UTF_8));
          sample.members().forEach((extension, bytes) -> {
            digest.update((extension + '\0' + bytes.length + '\0').getBytes(StandardCharsets.UTF_8));
            digest.update(bytes);
          });
        }
        return Digests.hex(digest);
      }

      @Override
      public String describe() {
        return copy.size() + " samples in memory";
      }
    };
  }
}
