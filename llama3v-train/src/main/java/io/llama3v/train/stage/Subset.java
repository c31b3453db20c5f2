package io.llama3v.train.stage;

import io.llama3v.data.pipeline.Permutation;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.sample.SampleSource;
import java.io.IOException;

/** A random share of a source, the same for the same seed. */
final class Subset implements SampleSource {
  private final SampleSource source;
  private final Permutation order;
  private final long size;

  Subset(SampleSource source, double share, long seed) {
    if (!(share > 0 && share <= 1)) throw new IllegalArgumentException("share " + share + "; expected more than 0, up to 1");
    this.source = source;
    this.order = new Permutation(source.size(), seed);
    this.size = Math.max(1, Math.round(share * source.size()));
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public Sample read(long index) throws IOException {
    return source.read(order.apply(index));
  }

  @Override
  public String fingerprint() throws IOException {
    return size + " of " + source.fingerprint() + " by " + order.key();
  }

  @Override
  public String describe() {
    return size + " of " + source.describe();
  }
}
