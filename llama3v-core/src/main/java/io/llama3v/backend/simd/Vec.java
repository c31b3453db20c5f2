package io.llama3v.backend.simd;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Vector loads and stores. The only class that knows how this JDK's Vector API reaches off-heap memory (byte buffers up to JDK
 * 21). Indices count floats.
 */
final class Vec {
  static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  /** Floats in one vector. */
  static final int N = S.length();
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private Vec() {}

  static FloatVector load(ByteBuffer b, int i) {
    return FloatVector.fromByteBuffer(S, b, i << 2, ORDER);
  }

  static void store(FloatVector v, ByteBuffer b, int i) {
    v.intoByteBuffer(b, i << 2, ORDER);
  }

  static float get(ByteBuffer b, int i) {
    return b.getFloat(i << 2);
  }

  static void put(ByteBuffer b, int i, float value) {
    b.putFloat(i << 2, value);
  }

  static FloatVector broadcast(float value) {
    return FloatVector.broadcast(S, value);
  }

  static FloatVector zero() {
    return FloatVector.zero(S);
  }

  /** Largest multiple of the vector length that is not above n. */
  static int bound(int n) {
    return n & -N;
  }
}
