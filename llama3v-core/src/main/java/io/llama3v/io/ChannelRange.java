package io.llama3v.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** The bytes of a file between two positions, as a stream. Closing it leaves the channel open. */
final class ChannelRange extends InputStream {
  private final FileChannel channel;
  private final long end;
  private long position;

  ChannelRange(FileChannel channel, long begin, long end) {
    this.channel = channel;
    this.position = begin;
    this.end = end;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int count = (int) Math.min(length, end - position);
    if (count == 0) {
      return length == 0 ? 0 : -1;
    }
    int read = channel.read(ByteBuffer.wrap(target, offset, count), position);
    position += Math.max(read, 0);
    return read;
  }
}
