package io.llama3v.data.sample;

import java.io.IOException;
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
      public String describe() {
        return copy.size() + " samples in memory";
      }
    };
  }
}
