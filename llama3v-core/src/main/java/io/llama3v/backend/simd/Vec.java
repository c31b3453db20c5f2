package io.llama3v.backend.simd;

import java.nio.ByteBuffer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Vectors of floats outside the heap. Indices count floats. How the JDK at hand reaches that memory is {@link VecMemory}'s business. */
final class Vec {
  static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  /** Floats in one vector. */
  static final int N = S.length();

  private Vec() {}

  static FloatVector load(ByteBuffer b, int i) {
    return VecMemory.load(b, i);
  }

  static void store(FloatVector v, ByteBuffer b, int i) {
    VecMemory.store(v, b, i);
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
