package io.llama3v.data.pipeline;

import io.llama3v.data.sample.Sample;
import io.llama3v.data.sample.SampleSource;
import java.io.IOException;
import java.util.List;

/** A source with the files behind it, which it closes. */
public final class OpenSource implements SampleSource, AutoCloseable {
  private final SampleSource source;
  private final List<? extends AutoCloseable> files;

  OpenSource(SampleSource source, List<? extends AutoCloseable> files) {
    this.source = source;
    this.files = List.copyOf(files);
  }

  @Override
  public long size() {
    return source.size();
  }

  @Override
  public Sample read(long index) throws IOException {
    return source.read(index);
  }

  @Override
  public String describe() {
    return source.describe();
  }

  @Override
  public String fingerprint() throws IOException {
    return source.fingerprint();
  }

  @Override
  public void close() throws IOException {
    for (AutoCloseable file : files) {
      try {
        file.close();
      } catch (IOException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IOException(e);
      }
    }
  }
}
