package io.llama3v.backend.nd4j;

import io.llama3v.tensor.Tensor;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Tensors as ND4J arrays of the shape a kernel wants to see; all share the tensor's memory and are contiguous. */
final class Views {
  private Views() {}

  /** All elements, [n]. */
  static INDArray flat(Tensor t) {
    return at(t, 0, t.elements());
  }

  /** Leading axes flattened, [rows, D]. */
  static INDArray rows(Tensor t) {
    long width = width(t);
    return at(t, 0, t.elements() / width, width);
  }

  /** [1, n]: stretches over rows. */
  static INDArray row(Tensor t) {
    return at(t, 0, 1, t.elements());
  }

  /** [n, 1]: stretches over columns. */
  static INDArray column(Tensor t) {
    return at(t, 0, t.elements(), 1);
  }

  /** A part that starts {@code offset} elements into the tensor. */
  static INDArray at(Tensor t, long offset, long... shape) {
    t.storage().check();
    return t.storage().array(t.type(), t.offset() + offset, shape);
  }

  /** With axes of 1 put in front until there are {@code rank} (at least one: ND4J treats scalars differently). */
  static INDArray aligned(Tensor t, int rank) {
    long[] shape = t.shape();
    long[] padded = new long[Math.max(1, rank)];
    java.util.Arrays.fill(padded, 1);
    System.arraycopy(shape, 0, padded, padded.length - shape.length, shape.length);
    return at(t, 0, padded);
  }

  /** Length of the last axis; 1 for a scalar. */
  static long width(Tensor t) {
    return t.rank() == 0 ? 1 : t.size(-1);
  }
}
