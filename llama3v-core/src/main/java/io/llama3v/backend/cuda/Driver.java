package io.llama3v.backend.cuda;

import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/** Results of driver calls, and pointers to memory of the device. */
final class Driver {
  private Driver() {}

  /** Fails with the driver's name of the error unless a call went well. */
  static void check(String call, int result) {
    if (result != cudart.CUDA_SUCCESS) throw new CudaException(call + ": " + describe(result));
  }

  static String describe(int result) {
    try (PointerPointer<BytePointer> name = new PointerPointer<>(1L); PointerPointer<BytePointer> text = new PointerPointer<>(1L)) {
      if (cudart.cuGetErrorName(result, name) != cudart.CUDA_SUCCESS || cudart.cuGetErrorString(result, text) != cudart.CUDA_SUCCESS) {
        return "error " + result;
      }
      return name.get(BytePointer.class).getString() + ", " + text.get(BytePointer.class).getString();
    }
  }

  /** A pointer whose address can be set again and again, so that a call allocates nothing. */
  static final class Address extends Pointer {
    Address() {
      super((Pointer) null);
    }

    Address at(long newAddress) {
      this.address = newAddress;
      return this;
    }
  }
}
