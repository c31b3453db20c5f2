package io.llama3v.data.shard;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;

/** Forward-only bytes with a position; skipping past the end fails instead of succeeding silently. */
interface TarInput {
  long position();

  /** Reads up to {@code length} bytes, fewer only at the end. */
  int read(byte[] target, int length) throws IOException;

  /** The next {@code length} bytes, fewer only at the end. Allocates no more than is really there. */
  byte[] bytes(int length) throws IOException;

  /** Skips exactly {@code count} bytes, or throws {@link EOFException}. */
  void skip(long count) throws IOException;

  static TarInput of(InputStream stream) {
    return new TarInput() {
      private long position;

      @Override
      public long position() {
        return position;
      }

      @Override
      public int read(byte[] target, int length) throws IOException {
        int n = stream.readNBytes(target, 0, length);
        position += n;
        return n;
      }

      @Override
      public byte[] bytes(int length) throws IOException {
        byte[] bytes = stream.readNBytes(length); // grows as it reads
        position += bytes.length;
        return bytes;
      }

      @Override
      public void skip(long count) throws IOException {
        byte[] scratch = new byte[(int) Math.min(count, 8192)];
        // read, not InputStream.skip: a file stream skips past its end without complaint
        for (long left = count; left > 0; ) {
          int n = stream.read(scratch, 0, (int) Math.min(left, scratch.length));
          if (n < 0) {
            throw new EOFException();
          }
          left -= n;
          position += n;
        }
      }
    };
  }

  /** Over an open file; skipping costs nothing. */
  static TarInput of(FileChannel channel) throws IOException {
    return of(channel, 0);
  }

  /** Over an open file from an offset on. */
  static TarInput of(FileChannel channel, long start) throws IOException {
    long size = channel.size();
    return new TarInput() {
      private long position = start;

      @Override
      public long position() {
        return position;
      }

      @Override
      public int read(byte[] target, int length) throws IOException {
        int n = readFully(channel, target, length, position);
        position += n;
        return n;
      }

      @Override
      public byte[] bytes(int length) throws IOException {
        byte[] bytes = new byte[(int) Math.min(length, Math.max(0, size - position))];
        int n = read(bytes, bytes.length);
        return n == bytes.length ? bytes : Arrays.copyOf(bytes, n);
      }

      @Override
      public void skip(long count) throws IOException {
        if (count > size - position) {
          throw new EOFException();
        }
        position += count;
      }
    };
  }

  /** Positional read of up to {@code length} bytes; fewer only at the end of the file. */
  static int readFully(FileChannel channel, byte[] target, int length, long position) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(target, 0, length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        break;
      }
    }
    return buffer.position();
  }
}
