package io.llama3v.io;

import java.nio.FloatBuffer;
import java.nio.ShortBuffer;

/**
 * Conversions between float and the two 16-bit formats: IEEE binary16 (F16: 5 exponent bits, 10 fraction bits) and
 * bfloat16 (BF16: the upper half of a float). Widening is exact. Narrowing rounds to nearest, ties to even; values
 * past the largest finite one become infinite. NaN stays NaN with its sign and the upper bits of its payload, so that
 * every 16-bit pattern survives widening and narrowing unchanged.
 */
public final class HalfPrecision {
  private static final int CHUNK = 4096;
  private static final int INFINITY = 0x7f800000;
  /** 65,520: halfway between the largest half, 65,504, and the next power of two. */
  private static final int HALF_OVERFLOW = 0x477ff000;
  /** 2<sup>-14</sup>: the smallest normal half. */
  private static final int HALF_SMALLEST_NORMAL = 0x38800000;

  private HalfPrecision() {}

  public static float fromBfloat16(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  public static short toBfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if ((bits & 0x7fffffff) > INFINITY) {
      int upper = bits >>> 16;
      return (short) ((upper & 0x7f) == 0 ? upper | 0x40 : upper); // a payload of zero would read as infinity
    }
    return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }

  public static float fromHalf(short bits) {
    // Multiplying by 2^112 moves the exponent bias from 15 to 127 and makes subnormals normal, exactly.
    float magnitude = Float.intBitsToFloat((bits & 0x7fff) << 13) * 0x1p112f;
    int result = Float.floatToRawIntBits(magnitude);
    if ((bits & 0x7c00) == 0x7c00) {
      result = INFINITY | (bits & 0x3ff) << 13;
    }
    return Float.intBitsToFloat(result | (bits & 0x8000) << 16);
  }

  public static short toHalf(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 16 & 0x8000;
    int magnitude = bits & 0x7fffffff;
    int half;
    if (magnitude > INFINITY) {
      int payload = magnitude >>> 13 & 0x3ff;
      half = 0x7c00 | (payload == 0 ? 0x200 : payload);
    } else if (magnitude >= HALF_OVERFLOW) {
      half = 0x7c00;
    } else if (magnitude < HALF_SMALLEST_NORMAL) {
      // One unit in the last place of 0.5 is 2^-24, a half's smallest subnormal: the addition does the rounding.
      half = Float.floatToRawIntBits(Float.intBitsToFloat(magnitude) + 0.5f) - 0x3f000000;
    } else {
      half = (magnitude - (112 << 23) + 0xfff + (magnitude >>> 13 & 1)) >>> 13;
    }
    return (short) (sign | half);
  }

  /** Widens {@code min(src.remaining(), dst.remaining())} values; both positions advance by as many. */
  public static void fromBfloat16(ShortBuffer src, FloatBuffer dst) {
    widen(src, dst, true);
  }

  /** Widens {@code min(src.remaining(), dst.remaining())} values; both positions advance by as many. */
  public static void fromHalf(ShortBuffer src, FloatBuffer dst) {
    widen(src, dst, false);
  }

  /** Narrows {@code min(src.remaining(), dst.remaining())} values; both positions advance by as many. */
  public static void toBfloat16(FloatBuffer src, ShortBuffer dst) {
    narrow(src, dst, true);
  }

  /** Narrows {@code min(src.remaining(), dst.remaining())} values; both positions advance by as many. */
  public static void toHalf(FloatBuffer src, ShortBuffer dst) {
    narrow(src, dst, false);
  }

  // Buffers are copied through arrays because loops over arrays compile to straight vector code.
  private static void widen(ShortBuffer src, FloatBuffer dst, boolean bfloat16) {
    int left = Math.min(src.remaining(), dst.remaining());
    short[] in = new short[Math.min(left, CHUNK)];
    float[] out = new float[in.length];
    for (int n; left > 0; left -= n) {
      n = Math.min(left, CHUNK);
      src.get(in, 0, n);
      if (bfloat16) {
        for (int i = 0; i < n; i++) {
          out[i] = fromBfloat16(in[i]);
        }
      } else {
        for (int i = 0; i < n; i++) {
          out[i] = fromHalf(in[i]);
        }
      }
      dst.put(out, 0, n);
    }
  }

  private static void narrow(FloatBuffer src, ShortBuffer dst, boolean bfloat16) {
    int left = Math.min(src.remaining(), dst.remaining());
    float[] in = new float[Math.min(left, CHUNK)];
    short[] out = new short[in.length];
    for (int n; left > 0; left -= n) {
      n = Math.min(left, CHUNK);
      src.get(in, 0, n);
      if (bfloat16) {
        for (int i = 0; i < n; i++) {
          out[i] = toBfloat16(in[i]);
        }
      } else {
        for (int i = 0; i < n; i++) {
          out[i] = toHalf(in[i]);
        }
      }
      dst.put(out, 0, n);
    }
  }
}
