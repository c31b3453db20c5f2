package io.llama3v.io;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.EnumSet;
import java.util.Set;

/** Consumes {@code count} little-endian elements from a buffer's position on. */
@FunctionalInterface
interface ElementReader {
  void read(ByteBuffer source, int count);

  /** Appends to a float buffer, converting. */
  record Floats(SafetensorsType dtype, FloatBuffer dst) implements ElementReader {
    @Override
    public void read(ByteBuffer source, int count) {
      switch (dtype) {
        case F32 -> dst.put(source.asFloatBuffer().limit(count));
        case BF16 -> HalfPrecision.fromBfloat16(source.asShortBuffer().limit(count), dst);
        case F16 -> HalfPrecision.fromHalf(source.asShortBuffer().limit(count), dst);
        case F64 -> {
          for (int i = 0; i < count; i++) {
            dst.put((float) source.getDouble());
          }
        }
        default -> throw new IllegalArgumentException(dtype + " is not a float type");
      }
    }
  }

  /** Fills an array of longs from its start. */
  final class Longs implements ElementReader {
    static final Set<SafetensorsType> TYPES = EnumSet.of(SafetensorsType.I64, SafetensorsType.I32, SafetensorsType.U32,
        SafetensorsType.I16, SafetensorsType.U16, SafetensorsType.I8, SafetensorsType.U8, SafetensorsType.BOOL);

    private final SafetensorsType dtype;
    private final long[] values;
    private int next;

    Longs(SafetensorsType dtype, long[] values) {
      this.dtype = dtype;
      this.values = values;
    }

    @Override
    public void read(ByteBuffer source, int count) {
      for (int i = 0; i < count; i++) {
        values[next++] = switch (dtype) {
          case I64 -> source.getLong();
          case I32 -> source.getInt();
          case U32 -> Integer.toUnsignedLong(source.getInt());
          case I16 -> source.getShort();
          case U16 -> Short.toUnsignedLong(source.getShort());
          case I8 -> source.get();
          case U8 -> Byte.toUnsignedLong(source.get());
          case BOOL -> source.get() == 0 ? 0 : 1;
          default -> throw new IllegalArgumentException(dtype + " is not an integer type");
        };
      }
    }
  }
}
