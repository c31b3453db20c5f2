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

  /**
   * Address of a tensor's first element, for the BLAS, which checks nothing.
   *
   * @param elements how many floats will be read or written from there on
   * @throws IllegalArgumentException if the tensor is not F32, has fewer elements, or lies on another backend
   */
  static long floats(String what, Tensor t, long elements) {
    HostStorage s = of(t);
    if (t.type() != DType.F32 || t.elements() < elements) {
      throw new IllegalArgumentException(what + " is " + t + " (" + t.elements() + " elements); expected F32 with " + elements
          + " elements or more");
    }
    return s.block.address() + t.offset() * DType.F32.bytes();
  }

  private static HostStorage of(Tensor t) {
    if (!(t.storage() instanceof HostStorage s)) {
      throw new IllegalArgumentException("a tensor " + t + " of the " + t.backend().name() + " backend in an operation of the cpu backend:"
          + " copy it with backend.tensor(t.toFloats(), t.shape()), or load the model on one backend only");
    }
    s.check();
    return s;
  }

  /** Elements {@code [from, from + count)} of a tensor as a buffer in native byte order that starts at the first of them. */
  static ByteBuffer buffer(Tensor t, long from, long count) {
    HostStorage s = of(t);
    if (from < 0 || count < 0 || from > t.elements() - count) {
      throw new IndexOutOfBoundsException("elements " + from + " to " + (from + count) + " of a tensor " + t + ", which has " + t.elements());
    }
    long size = t.type().bytes();
    return s.slice((t.offset() + from) * size, count * size);
  }

  /** All of a tensor as a buffer; for tensors under 2 GB. */
  static ByteBuffer buffer(Tensor t) {
    return buffer(t, 0, t.elements());
  }

  private ByteBuffer slice(long offset, long bytes) {
    if (bytes > WHOLE) {
      throw new IllegalArgumentException(bytes + " bytes at once, where a buffer ends at 2 GB: open the cpu backend with more threads, among"
          + " which tensors are divided, or use smaller batches");
    }
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
