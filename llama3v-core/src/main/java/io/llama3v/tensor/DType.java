package io.llama3v.tensor;

import org.nd4j.linalg.api.buffer.DataType;

/** Element type of a {@link Tensor}. Arithmetic never casts by itself: operands of one operation share their type. */
public enum DType {
  /** IEEE 754 single precision: what models compute in on CPUs. */
  F32(4, DataType.FLOAT),
  /** IEEE 754 double precision: finite-difference checks and reference sums. */
  F64(8, DataType.DOUBLE),
  /** 32-bit signed integer: token ids, labels, row indices. Never has a gradient. */
  I32(4, DataType.INT);

  private final int bytes;
  private final DataType nd4j;

  DType(int bytes, DataType nd4j) {
    this.bytes = bytes;
    this.nd4j = nd4j;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  /** The ND4J type with the same layout. */
  public DataType nd4j() {
    return nd4j;
  }

  /** True for the types that can carry gradients. */
  public boolean isFloating() {
    return this != I32;
  }
}
