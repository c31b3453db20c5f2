package io.llama3v.backend.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.BytePointer;

/**
 * The arguments of one launch, packed: each begins at a multiple of 8 bytes, where the driver is told to find it. Reused from launch to
 * launch, since the driver copies them before it returns.
 */
public final class Arguments {
  private final ByteBuffer bytes = ByteBuffer.allocateDirect(1024).order(ByteOrder.nativeOrder());
  private final long address = new BytePointer(bytes).address();
  private final int[] offsets = new int[48];
  private int count;

  Arguments clear() {
    bytes.clear();
    count = 0;
    return this;
  }

  private Arguments begin() {
    bytes.position((bytes.position() + 7) & ~7);
    offsets[count++] = bytes.position();
    return this;
  }

  /** A pointer or a 64-bit integer. */
  Arguments l(long value) {
    begin().bytes.putLong(value);
    return this;
  }

  /** A 32-bit integer. */
  Arguments i(int value) {
    begin().bytes.putInt(value);
    return this;
  }

  /** A float. */
  Arguments f(double value) {
    begin().bytes.putFloat((float) value);
    return this;
  }

  /** A struct of 64-bit integers, by value. */
  Arguments longs(long... values) {
    begin();
    for (long value : values) bytes.putLong(value);
    return this;
  }

  /** A struct of 32-bit integers, one float and pointers, by value. */
  Arguments struct(int[] integers, double real, long[] pointers) {
    begin();
    for (int value : integers) bytes.putInt(value);
    bytes.putFloat((float) real);
    bytes.position((bytes.position() + 7) & ~7);
    for (long value : pointers) bytes.putLong(value);
    return this;
  }

  /** How many there are. */
  public int count() {
    return count;
  }

  /** Where an argument lies from {@link #address} on. */
  public int offset(int index) {
    return offsets[index];
  }

  /** Where the first byte lies in the host's memory. */
  public long address() {
    return address;
  }
}
