package io.llama3v.backend.simd;

import io.llama3v.tensor.DType;
import io.llama3v.tensor.Shape;
import io.llama3v.tensor.Storage;
import io.llama3v.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Pooled host memory, seen as an address (BLAS), as byte buffers (Vector API) or as ND4J arrays, without copies. */
final class HostStorage extends Storage {
  private static final long WHOLE = Integer.MAX_VALUE - 8;
  private final HostPool pool;
  private final HostPool.Block block;
  private ByteBuffer whole;

  HostStorage(HostPool pool, long bytes) {
    this.pool = pool;
    this.block = pool.take(bytes);
  }

  @Override
  public long bytes() {
    return block.bytes();
  }

  @Override
  protected void free() {
    pool.give(block);
  }

  /** Address of a tensor's first element. */
  static long address(Tensor t) {
    HostStorage s = (HostStorage) t.storage();
    s.check();
    return s.block.address() + t.offset() * t.type().bytes();
  }

  /** Elements {@code [from, from + count)} of a tensor as a buffer in native byte order that starts at the first of them. */
  static ByteBuffer buffer(Tensor t, long from, long count) {
    HostStorage s = (HostStorage) t.storage();
    s.check();
    long size = t.type().bytes();
    return s.slice((t.offset() + from) * size, count * size);
  }

  /** All of a tensor as a buffer; for tensors under 2 GB. */
  static ByteBuffer buffer(Tensor t) {
    return buffer(t, 0, t.elements());
  }

  private ByteBuffer slice(long offset, long bytes) {
    if (block.bytes() > WHOLE) return view(block.address() + offset, bytes);
    if (whole == null) whole = view(block.address(), block.bytes());
    return whole.slice(Math.toIntExact(offset), Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
  }

  /** Memory at an address as a buffer in native byte order. */
  static ByteBuffer view(long address, long bytes) {
    return new HostPointer(address, Math.min(bytes, WHOLE)).asByteBuffer().order(ByteOrder.nativeOrder());
  }

  @Override
  public INDArray array(DType type, long offset, long... shape) {
    long elements = Math.max(1, Shape.elements(shape));
    long address = block.address() + offset * type.bytes();
    Pointer pointer = switch (type) {
      case F32 -> HostPointer.floats(address, elements);
      case F64 -> HostPointer.doubles(address, elements);
      case I32 -> HostPointer.ints(address, elements);
      case BF16 -> throw new IllegalArgumentException("the cpu backend has no tensors of type BF16");
    };
    DataBuffer buffer = Nd4j.createBuffer(pointer, elements, type.nd4j());
    return Nd4j.create(buffer, shape.length == 0 ? new long[] {1} : shape);
  }
}
