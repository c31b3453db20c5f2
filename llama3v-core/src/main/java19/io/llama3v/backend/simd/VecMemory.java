package io.llama3v.backend.simd;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Loads and stores of vectors outside the heap, for the Vector API from Java 19 on, which takes memory segments. The segment around
 * the buffer never comes to be: the compiler dissolves it. Indices count floats.
 */
final class VecMemory {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private VecMemory() {}

  static FloatVector load(ByteBuffer b, int i) {
    return FloatVector.fromMemorySegment(S, MemorySegment.ofBuffer(b), (long) i << 2, ORDER);
  }

  static void store(FloatVector v, ByteBuffer b, int i) {
    v.intoMemorySegment(MemorySegment.ofBuffer(b), (long) i << 2, ORDER);
  }
}
