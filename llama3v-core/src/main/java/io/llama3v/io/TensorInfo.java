package io.llama3v.io;

import java.util.Arrays;
import java.util.Objects;

/**
 * What a checkpoint says about one tensor: no data.
 *
 * @param name  state-dict name, such as {@code model.layers.3.self_attn.q_proj.weight}
 * @param dtype element type as stored
 * @param shape sizes, row-major; empty for a scalar
 */
public record TensorInfo(String name, SafetensorsType dtype, long[] shape) {

  public TensorInfo {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(dtype, "dtype");
    shape = shape.clone();
    long bits = 1;
    for (long size : shape) {
      if (size < 0) {
        throw new IllegalArgumentException("'" + name + "': negative size in shape " + Arrays.toString(shape));
      }
      bits = Math.multiplyExact(bits, size);
    }
    Math.multiplyExact(bits, dtype.bits());
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  /** Number of elements: the product of the shape, 1 for a scalar. */
  public long elements() {
    long product = 1;
    for (long size : shape) {
      product *= size;
    }
    return product;
  }

  /** Bytes of the data as stored. */
  public long bytes() {
    return elements() * dtype.bits() / 8;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TensorInfo that && name.equals(that.name) && dtype == that.dtype
        && Arrays.equals(shape, that.shape);
  }

  @Override
  public int hashCode() {
    return Objects.hash(name, dtype, Arrays.hashCode(shape));
  }

  @Override
  public String toString() {
    return name + " " + dtype + Arrays.toString(shape);
  }
}
