package io.llama3v.backend.cuda;

import io.llama3v.backend.MemoryUse;
import io.llama3v.io.HalfPrecision;
import io.llama3v.tensor.DType;
import io.llama3v.tensor.Shape;
import io.llama3v.tensor.Storage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Device memory. Weights in F32 get a copy in BF16 when a product first wants one; it is written again after the weights have changed.
 * An ND4J array of it is a copy on the host.
 */
final class CudaStorage extends Storage {
  private final Gpu gpu;
  private final DevicePool.Block block;
  private final long bytes;
  private DevicePool.Block copy;
  private boolean copyIsFresh;
  private boolean touched;

  CudaStorage(Gpu gpu, long bytes, MemoryUse use) {
    this.gpu = gpu;
    this.bytes = bytes;
    this.block = gpu.pool().take(bytes, use);
  }

  @Override
  public long bytes() {
    return bytes;
  }

  long address() {
    check();
    return block.address;
  }

  /** Says that the contents are about to change. */
  void changing() {
    touched = true;
    copyIsFresh = false;
  }

  /** True if no work asked for so far touches this memory. */
  boolean isIdle() {
    return !touched && gpu.pool().idle(block);
  }

  /** Address of the copy in BF16 of all that is here in F32; made or brought up to date first if need be. */
  long bf16Copy() {
    check();
    if (copy == null) copy = gpu.pool().take(bytes / 2, MemoryUse.COPIES);
    if (!copyIsFresh) {
      gpu.convert(block.address, DType.F32, copy.address, DType.BF16, bytes / 4);
      copyIsFresh = true;
    }
    return copy.address;
  }

  /** Address of the copy if there is one, which the caller is about to write together with the weights; else 0. */
  long copyToWrite() {
    if (copy == null) return 0;
    copyIsFresh = true;
    return copy.address;
  }

  @Override
  public INDArray array(DType type, long offset, long... shape) {
    int count = Math.toIntExact(Shape.elements(shape));
    if (count == 0) return Nd4j.create(type.nd4j(), shape);
    long[] arrayShape = shape.length == 0 ? new long[] {1} : shape;
    ByteBuffer bytes = ByteBuffer.allocateDirect(count * type.bytes()).order(ByteOrder.nativeOrder());
    gpu.download(address() + offset * type.bytes(), bytes);
    switch (type) {
      case F32 -> {
        float[] values = new float[count];
        bytes.asFloatBuffer().get(values);
        return Nd4j.createFromArray(values).reshape(arrayShape);
      }
      case BF16 -> {
        float[] values = new float[count];
        HalfPrecision.fromBfloat16(bytes.asShortBuffer(), FloatBuffer.wrap(values));
        return Nd4j.createFromArray(values).reshape(arrayShape);
      }
      case I32 -> {
        int[] values = new int[count];
        bytes.asIntBuffer().get(values);
        return Nd4j.createFromArray(values).reshape(arrayShape);
      }
      default -> throw new IllegalArgumentException("an array of type " + type + " and shape " + Arrays.toString(shape)
          + " on the cuda backend, which has F32, BF16 and I32");
    }
  }

  @Override
  protected void free() {
    if (copy != null) gpu.pool().give(copy);
    copy = null;
    gpu.pool().give(block);
  }
}
