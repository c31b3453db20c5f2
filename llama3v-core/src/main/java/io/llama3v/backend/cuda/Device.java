package io.llama3v.backend.cuda;

import java.nio.ByteBuffer;

/**
 * What the backend asks of a GPU. Everything happens in the order of the calls, as on one stream; only {@link #download} and
 * {@link #synchronize} wait. Confined to one thread at a time.
 */
public interface Device extends AutoCloseable {
  /** What it is. */
  DeviceInfo info();

  /** Takes memory; 0 if there is not enough. The contents are undefined. */
  long allocate(long bytes);

  /** Gives memory back once all work asked for so far is done. */
  void free(long address);

  /** Bytes of device memory that nobody has taken, other programs included. */
  long freeBytes();

  /** A buffer of at least 1 MB that copies to and from the device are fastest with; the one handed out before becomes invalid. */
  ByteBuffer staging();

  /**
   * Copies the remaining bytes of a buffer in; the buffer may be changed as soon as this returns.
   *
   * @param idle true if no work asked for so far touches the memory, so that the copy may run beside it
   */
  void upload(ByteBuffer source, long address, boolean idle);

  /** Copies into the remaining bytes of a buffer; waits. */
  void download(long address, ByteBuffer target);

  /** Runs a kernel; its module is compiled, or found in the cache, when it is first asked for. */
  void launch(KernelSource source, String kernel, Grid grid, Arguments arguments);

  /** Multiplies matrices. */
  void multiply(MatrixProduct product);

  /** Waits until everything asked for is done. */
  void synchronize();

  @Override
  void close();
}
