package io.llama3v.data.convert.json;

import io.llama3v.data.convert.ConvertException;
import io.llama3v.io.Limits;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** Ends reading where one element of a document turns out too long to be held. */
final class MeteredInput extends FilterInputStream {
  /** The parser reads ahead of the element by a buffer. */
  private static final long MOST = Limits.LINE_BYTES + (1L << 16);
  private final Path file;
  private long since;
  private boolean open;

  MeteredInput(InputStream in, Path file) {
    super(in);
    this.file = file;
  }

  /** An element begins. */
  void restart() {
    since = 0;
    open = false;
  }

  /** What follows is passed over, not held. */
  void release() {
    open = true;
  }

  @Override
  public int read() throws IOException {
    int b = super.read();
    if (b >= 0) count(1);
    return b;
  }

  @Override
  public int read(byte[] bytes, int from, int length) throws IOException {
    int n = super.read(bytes, from, length);
    count(n);
    return n;
  }

  private void count(int n) {
    since += Math.max(0, n);
    if (since > MOST && !open) {
      throw new ConvertException(file + ": one element has more than " + Limits.LINE_BYTES + " bytes; expected a list of many small ones");
    }
  }
}
