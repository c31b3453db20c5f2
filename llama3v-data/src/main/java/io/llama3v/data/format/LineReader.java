package io.llama3v.data.format;

import io.llama3v.io.Limits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** Lines of bytes with their places; a line longer than {@value Limits#LINE_BYTES} bytes is passed over, not held. */
public final class LineReader implements AutoCloseable {
  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private int at;
  private int end;
  private long position;
  private long start;
  private long number;
  private boolean tooLong;

  /** @param in closed with this reader */
  public LineReader(InputStream in) {
    this.in = in;
  }

  /** The next line without its end; empty if it is too long; null at the end of the file. */
  public byte[] next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    start = position;
    tooLong = false;
    boolean any = false;
    while (at < end || fill()) {
      any = true;
      int from = at;
      while (at < end && buffer[at] != '\n') {
        at++;
      }
      boolean ended = at < end;
      if (line.size() + at - from > Limits.LINE_BYTES) {
        tooLong = true;
        line.reset();
      } else if (!tooLong) {
        line.write(buffer, from, at - from);
      }
      position += at - from + (ended ? 1 : 0);
      if (ended) {
        at++;
        break;
      }
    }
    if (!any) {
      return null;
    }
    number++;
    return tooLong ? new byte[0] : line.toByteArray();
  }

  /** Whether a line holds nothing. */
  public static boolean isBlank(byte[] line) {
    for (byte b : line) {
      if (b != ' ' && b != '\t' && b != '\r') {
        return false;
      }
    }
    return true;
  }

  /** Where the last line began, in bytes. */
  public long start() {
    return start;
  }

  /** Bytes of the last line, its end included. */
  public long length() {
    return position - start;
  }

  /** Number of the last line, from 1. */
  public long number() {
    return number;
  }

  /** Whether the last line was passed over. */
  public boolean tooLong() {
    return tooLong;
  }

  private boolean fill() throws IOException {
    at = 0;
    end = Math.max(0, in.read(buffer));
    return end > 0;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
