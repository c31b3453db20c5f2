package io.llama3v.backend.nd4j;

import io.llama3v.tensor.DType;
import io.llama3v.tensor.Shape;
import io.llama3v.tensor.Storage;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A block of ND4J memory. ND4J buffers have an element type, so the array is made when the first view says which one: a
 * storage serves one type. Closing frees the native memory at once, without waiting for ND4J's collector thread.
 */
final class Nd4jStorage extends Storage {
  private final Nd4jBackend backend;
  private final long bytes;
  private INDArray memory;

  Nd4jStorage(Nd4jBackend backend, long bytes) {
    this.backend = backend;
    this.bytes = bytes;
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public INDArray array(DType type, long offset, long... shape) {
    check();
    if (memory == null) memory = allocate(type, bytes / type.bytes());
    if (memory.dataType() != type.nd4j()) {
      throw new IllegalStateException("this storage holds " + memory.dataType() + "; it cannot be viewed as " + type);
    }
    long elements = Shape.elements(shape);
    if (offset < 0 || offset + elements > memory.length()) {
      throw new IllegalArgumentException("a view of shape " + Shape.text(shape) + " at " + offset + " leaves a storage of "
          + memory.length() + " elements");
    }
    if (elements == 0) return Nd4j.create(type.nd4j(), shape);
    INDArray view = Nd4j.create(memory.data(), shape, strides(shape), offset, 'c');
    // A view that spans the whole buffer would otherwise free it when somebody closes it.
    view.setCloseable(false);
    return view;
  }

  @Override
  protected void free() {
    if (memory != null) memory.close();
    memory = null;
    backend.freed(bytes);
  }

  private static INDArray allocate(DType type, long elements) {
    // A workspace that the caller has open must not own this memory: its lifetime is ours to decide.
    MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces();
    try {
      return Nd4j.createUninitialized(type.nd4j(), elements);
    } finally {
      outside.close();
    }
  }

  private static long[] strides(long[] shape) {
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= shape[i];
    }
    return strides;
  }
}
