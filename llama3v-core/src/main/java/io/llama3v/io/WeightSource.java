package io.llama3v.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.Set;

/**
 * Named tensors that can be read: one safetensors file, a sharded checkpoint, or a view of either under other names.
 * Nothing is read before it is asked for, and tensors over 2 GB are read in pieces. Safe for use by several threads.
 */
public interface WeightSource extends AutoCloseable {

  /** All names, in file order. */
  Set<String> names();

  /** Type and shape of a tensor; for a name that is not there, an error that lists the nearest names. */
  TensorInfo info(String name) throws IOException;

  /**
   * Reads {@code dst.remaining()} elements from row-major element {@code fromElement} on into {@code dst}, whose
   * position moves to its limit. F32, F16, BF16 and F64 are converted to float; any other type is an error.
   */
  void readFloats(String name, long fromElement, FloatBuffer dst) throws IOException;

  /** Copies {@code dst.remaining()} bytes of a tensor as they are stored, little-endian, from its byte {@code fromByte} on. */
  default void readBytes(String name, long fromByte, ByteBuffer dst) throws IOException {
    throw new UnsupportedOperationException(describe() + " gives values, not bytes");
  }

  /** Whether {@link #readBytes} works. */
  default boolean hasBytes() {
    return false;
  }

  /** A whole tensor of integers (I64, I32, U32, I16, U16, I8, U8) or booleans (0 and 1). */
  long[] readLongs(String name) throws IOException;

  /** The file's own key-value pairs, such as {@code format=pt}. */
  Map<String, String> metadata();

  /** Where this comes from, for messages: a path. */
  String describe();

  @Override
  void close() throws IOException;

  /** Whether there is a tensor of this name. */
  default boolean contains(String name) {
    return names().contains(name);
  }

  /** A whole tensor of at most 2<sup>31</sup> - 9 elements, converted to float. */
  default float[] readFloats(String name) throws IOException {
    TensorInfo info = info(name);
    float[] values = new float[ArraySize.of(info, describe())];
    readFloats(name, 0, FloatBuffer.wrap(values));
    return values;
  }
}
