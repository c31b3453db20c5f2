package io.llama3v.backend.simd;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Loads and stores of vectors outside the heap, for the Vector API of Java 17 and 18, which takes byte buffers. The jar has a second
 * version of this class for later ones, in {@code src/main/java19}. Indices count floats.
 */
final class VecMemory {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private VecMemory() {}

  static FloatVector load(ByteBuffer b, int i) {
    return FloatVector.fromByteBuffer(S, b, i << 2, ORDER);
  }

  static void store(FloatVector v, ByteBuffer b, int i) {
    v.intoByteBuffer(b, i << 2, ORDER);
  }
}
