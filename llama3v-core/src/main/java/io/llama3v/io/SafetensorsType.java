package io.llama3v.io;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Element types of the safetensors format. The constants' names are the names used in the file header, and their order
 * is the format's: a writer places tensors of later types first, so that wide elements stay aligned.
 */
public enum SafetensorsType {
  BOOL(8), F4(4), F6_E2M3(6), F6_E3M2(6), U8(8), I8(8),
  F8_E5M2(8), F8_E4M3(8), F8_E8M0(8), F8_E4M3FNUZ(8), F8_E5M2FNUZ(8),
  I16(16), U16(16), F16(16), BF16(16), I32(32), U32(32), F32(32), C64(64), F64(64), I64(64), U64(64);

  private static final Map<String, SafetensorsType> BY_NAME =
      Stream.of(values()).collect(Collectors.toUnmodifiableMap(Enum::name, type -> type));

  private final int bits;

  SafetensorsType(int bits) {
    this.bits = bits;
  }

  /** The type that the header calls {@code name}; matching is exact, as in the reference implementation. */
  public static Optional<SafetensorsType> byName(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  /** Bits of one element; less than 8 for the packed F6 and F4 types. */
  public int bits() {
    return bits;
  }

  /** Bytes of one element. Throws {@link IllegalStateException} for the packed types F6 and F4. */
  public int bytes() {
    if (bits % 8 != 0) {
      throw new IllegalStateException(this + " elements are packed: " + bits + " bits each");
    }
    return bits / 8;
  }

  /** Whether {@link WeightSource#readFloats(String)} can read this type. */
  public boolean isFloat() {
    return this == F32 || this == F16 || this == BF16 || this == F64;
  }
}
