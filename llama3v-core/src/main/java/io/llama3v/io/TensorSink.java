package io.llama3v.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.nio.channels.FileChannel;

/** Takes the data of one tensor after another and appends them to a file in the tensors' element types. */
public final class TensorSink {
  private static final int CHUNK_BYTES = 1 << 18;

  private final FileChannel channel;
  private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private TensorInfo info;
  private long written;

  TensorSink(FileChannel channel) {
    this.channel = channel;
  }

  void begin(TensorInfo tensor) {
    info = tensor;
    written = 0;
  }

  void end() throws IOException {
    flush();
    if (written != info.bytes()) {
      throw new IllegalStateException("tensor '" + info.name() + "': expected " + info.bytes()
          + " bytes of data, found " + written);
    }
  }

  /** The tensor being written. */
  public TensorInfo info() {
    return info;
  }

  /** Appends bytes as they are: little-endian elements of the tensor's type. */
  public void bytes(ByteBuffer littleEndian) throws IOException {
    flush();
    written += littleEndian.remaining();
    refuseTooMuch();
    AtomicFiles.writeFully(channel, littleEndian);
  }

  /** Appends float values, rounded to the tensor's type: F32, F16, BF16 or F64. */
  public void floats(FloatBuffer values) throws IOException {
    int width = info.dtype().bytes();
    while (values.hasRemaining()) {
      if (chunk.remaining() < width) {
        flush();
      }
      int before = values.position();
      switch (info.dtype()) {
        case F32 -> {
          int count = Math.min(values.remaining(), chunk.remaining() / 4);
          chunk.asFloatBuffer().put(values.slice().limit(count));
          values.position(before + count);
        }
        case F16 -> HalfPrecision.toHalf(values, shorts());
        case BF16 -> HalfPrecision.toBfloat16(values, shorts());
        case F64 -> chunk.duplicate().order(ByteOrder.LITTLE_ENDIAN).putDouble(values.get());
        default -> throw wrongType("float values", "F32, F16, BF16 or F64");
      }
      chunk.position(chunk.position() + (values.position() - before) * width);
    }
  }

  /** Appends integer values, which must be in the range of the tensor's type: an integer type, or BOOL (0 or 1). */
  public void longs(long... values) throws IOException {
    for (long value : values) {
      if (chunk.remaining() < Long.BYTES) {
        flush();
      }
      switch (info.dtype()) {
        case I64 -> chunk.putLong(value);
        case I32 -> chunk.putInt((int) inRange(value, Integer.MIN_VALUE, Integer.MAX_VALUE));
        case U32 -> chunk.putInt((int) inRange(value, 0, 0xffff_ffffL));
        case I16 -> chunk.putShort((short) inRange(value, Short.MIN_VALUE, Short.MAX_VALUE));
        case U16 -> chunk.putShort((short) inRange(value, 0, 0xffff));
        case I8 -> chunk.put((byte) inRange(value, Byte.MIN_VALUE, Byte.MAX_VALUE));
        case U8 -> chunk.put((byte) inRange(value, 0, 0xff));
        case BOOL -> chunk.put((byte) inRange(value, 0, 1));
        default -> throw wrongType("integer values", "an integer type or BOOL");
      }
    }
  }

  private ShortBuffer shorts() {
    return chunk.asShortBuffer();
  }

  private void flush() throws IOException {
    chunk.flip();
    written += chunk.remaining();
    refuseTooMuch();
    AtomicFiles.writeFully(channel, chunk);
    chunk.clear();
  }

  /** A body that never ends must not fill the disk. */
  private void refuseTooMuch() {
    if (written > info.bytes()) {
      throw new IllegalStateException("tensor '" + info.name() + "': expected " + info.bytes()
          + " bytes of data, found at least " + written);
    }
  }

  private long inRange(long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException("tensor '" + info.name() + "': expected a value from " + least + " to "
          + most + " for " + info.dtype() + ", found " + value);
    }
    return value;
  }

  private IllegalArgumentException wrongType(String values, String types) {
    return new IllegalArgumentException("tensor '" + info.name() + "': " + values + " need " + types
        + ", not " + info.dtype());
  }
}
