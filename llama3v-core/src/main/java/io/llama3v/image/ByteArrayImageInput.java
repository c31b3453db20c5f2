package io.llama3v.image;

import java.io.EOFException;
import java.io.UncheckedIOException;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * Bytes in memory as ImageIO wants them. Built directly, it needs neither the temporary files nor the second copy in memory that
 * ImageIO's own factories make, and no process-wide cache setting.
 */
final class ByteArrayImageInput extends ImageInputStreamImpl {
  /** Decoders look a few bytes ahead at the end; one that keeps on reading there would never come back. */
  private static final int MOST_READS_PAST_END = 4096;

  private final byte[] bytes;
  private int readsPastEnd;

  ByteArrayImageInput(byte[] bytes) {
    this.bytes = bytes;
  }

  @Override
  public int read() {
    bitOffset = 0;
    return streamPos < bytes.length ? bytes[(int) streamPos++] & 255 : pastEnd();
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    bitOffset = 0;
    if (length == 0) {
      return 0;
    }
    if (streamPos >= bytes.length) {
      return pastEnd();
    }
    int count = (int) Math.min(length, bytes.length - streamPos);
    System.arraycopy(bytes, (int) streamPos, target, offset, count);
    streamPos += count;
    return count;
  }

  /** Unchecked, because the WebP decoder takes every IOException here for zeros to go on with. */
  private int pastEnd() {
    if (++readsPastEnd > MOST_READS_PAST_END) {
      throw new UncheckedIOException(new EOFException("the data end before the picture does"));
    }
    return -1;
  }

  @Override
  public long length() {
    return bytes.length;
  }
}
