package io.llama3v.tensor;

import org.nd4j.linalg.api.buffer.DataType;

/**
 * Element type of a {@link Tensor}. Operands of one operation share their type, with one exception: parameters and tables in F32 may
 * meet activations in BF16, and the result is BF16. Sums, statistics, losses and parameter gradients of BF16 are F32.
 */
public enum DType {
  /** IEEE 754 single precision: what models compute in on CPUs. */
  F32(4, DataType.FLOAT),
  /** bfloat16, the upper half of an F32: activations and frozen weights where a device multiplies it fast. */
  BF16(2, DataType.BFLOAT16),
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

  /** The type that sums and statistics over this type are kept in: F32 for BF16, else the type itself. */
  public DType accumulator() {
    return this == BF16 ? F32 : this;
  }

  /** The type of what is computed out of this type and another: BF16 where one of them is, else this type. */
  public DType with(DType other) {
    return other == BF16 && this == F32 ? BF16 : this;
  }

  /** True for the types that can carry gradients. */
  public boolean isFloating() {
    return this != I32;
  }
}
