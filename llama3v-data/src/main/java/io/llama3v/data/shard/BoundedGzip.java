package io.llama3v.data.shard;

import io.llama3v.io.Limits;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Gzip that refuses bombs: after the first {@value #FREE_BYTES} bytes it gives at most {@value Limits#EXPANSION_RATIO} bytes for each
 * compressed one. Damage and bombs are {@link ShardException}s.
 */
public final class BoundedGzip extends InputStream {
  static final int FREE_BYTES = 16 << 20;
  private final Counting compressed;
  private final GZIPInputStream gzip;
  private final String file;
  private long given;

  /** @param in the compressed bytes, closed with this stream */
  public BoundedGzip(InputStream in, String file) throws IOException {
    this.file = file;
    this.compressed = new Counting(in);
    try {
      this.gzip = new GZIPInputStream(compressed, 1 << 16);
    } catch (EOFException | ZipException e) {
      in.close();
      throw new ShardException(file, 0, "this is no gzip file: " + e.getMessage());
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 255;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int n;
    try {
      n = gzip.read(target, offset, length);
    } catch (EOFException | ZipException e) {
      throw new ShardException(file, given, "the compressed data is damaged or cut off: " + e.getMessage());
    }
    given += Math.max(n, 0);
    if (given > FREE_BYTES && given > compressed.count * Limits.EXPANSION_RATIO) {
      throw new ShardException(file, given, "it expands to more than " + Limits.EXPANSION_RATIO
          + " times its size: not read further");
    }
    return n;
  }

  @Override
  public void close() throws IOException {
    gzip.close();
  }

  private static final class Counting extends FilterInputStream {
    private long count;

    private Counting(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int b = in.read();
      count += b < 0 ? 0 : 1;
      return b;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int n = in.read(target, offset, length);
      count += Math.max(n, 0);
      return n;
    }
  }
}
