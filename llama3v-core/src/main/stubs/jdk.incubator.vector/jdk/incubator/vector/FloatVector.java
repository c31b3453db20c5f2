package jdk.incubator.vector;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Loads and stores of every JDK: byte buffers up to 18, memory segments from 19 on. Both versions of our class are compiled against
 * this one, so that any JDK from 17 on can build them. Never packaged.
 */
public abstract class FloatVector {
  public static final VectorSpecies<Float> SPECIES_PREFERRED = null;

  public static FloatVector fromByteBuffer(VectorSpecies<Float> species, ByteBuffer buffer, int offset, ByteOrder order) {
    throw new AssertionError("a stub");
  }

  public final void intoByteBuffer(ByteBuffer buffer, int offset, ByteOrder order) {
    throw new AssertionError("a stub");
  }

  public static FloatVector fromMemorySegment(VectorSpecies<Float> species, MemorySegment segment, long offset, ByteOrder order) {
    throw new AssertionError("a stub");
  }

  public final void intoMemorySegment(MemorySegment segment, long offset, ByteOrder order) {
    throw new AssertionError("a stub");
  }
}
