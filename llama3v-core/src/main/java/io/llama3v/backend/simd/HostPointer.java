package io.llama3v.backend.simd;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;

/** Pointers to memory that somebody else owns. */
final class HostPointer extends BytePointer {
  HostPointer(long address, long bytes) {
    super((Pointer) null);
    this.address = address;
    this.limit = bytes;
    this.capacity = bytes;
  }

  static FloatPointer floats(long address, long elements) {
    return new FloatPointer(new HostPointer(address, elements * 4)).capacity(elements);
  }

  static DoublePointer doubles(long address, long elements) {
    return new DoublePointer(new HostPointer(address, elements * 8)).capacity(elements);
  }

  static IntPointer ints(long address, long elements) {
    return new IntPointer(new HostPointer(address, elements * 4)).capacity(elements);
  }

  /** A float pointer whose address can be set again and again, so that a BLAS call allocates nothing. */
  static final class Movable extends FloatPointer {
    Movable() {
      super((Pointer) null);
    }

    Movable at(long newAddress) {
      this.address = newAddress;
      this.position = 0;
      this.limit = Long.MAX_VALUE / 8;
      this.capacity = Long.MAX_VALUE / 8;
      return this;
    }
  }
}
