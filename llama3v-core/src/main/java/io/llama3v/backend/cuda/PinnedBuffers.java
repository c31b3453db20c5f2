package io.llama3v.backend.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A ring of page-locked host buffers, which the device copies from and to by itself at full speed while the processor fills the next
 * one. A buffer is handed out again when the copy out of it is done.
 */
final class PinnedBuffers implements AutoCloseable {
  static final int BYTES = 8 << 20;
  private static final int COUNT = 4;

  private static final class Slot {
    final Pointer memory = new BytePointer((Pointer) null);
    final CUevent_st copied = new CUevent_st();
    ByteBuffer buffer;
    boolean inUse;
  }

  private final Slot[] slots = new Slot[COUNT];
  private int next;
  private Slot current;

  PinnedBuffers() {
    for (int i = 0; i < COUNT; i++) {
      Slot slot = slots[i] = new Slot();
      Driver.check("cuMemAllocHost", cudart.cuMemAllocHost(slot.memory, BYTES));
      slot.buffer = new BytePointer(slot.memory).capacity(BYTES).asByteBuffer().order(ByteOrder.nativeOrder());
      Driver.check("cuEventCreate", cudart.cuEventCreate(slot.copied, cudart.CU_EVENT_DISABLE_TIMING));
    }
  }

  /** A buffer that no copy uses any more. */
  ByteBuffer take() {
    current = slots[next];
    next = (next + 1) % COUNT;
    if (current.inUse) Driver.check("cuEventSynchronize", cudart.cuEventSynchronize(current.copied));
    current.inUse = false;
    return current.buffer.clear();
  }

  /** True if a buffer is the one last handed out. */
  boolean isCurrent(ByteBuffer buffer) {
    return current != null && current.buffer == buffer;
  }

  /** Address of the buffer last handed out. */
  Pointer memory() {
    return current.memory;
  }

  /** Notes that a copy out of the buffer last handed out has just been put on a stream; returns the event of its end. */
  CUevent_st copying(CUstream_st stream) {
    current.inUse = true;
    Driver.check("cuEventRecord", cudart.cuEventRecord(current.copied, stream));
    return current.copied;
  }

  @Override
  public void close() {
    for (Slot slot : slots) {
      cudart.cuEventDestroy(slot.copied);
      cudart.cuMemFreeHost(slot.memory);
    }
  }
}
