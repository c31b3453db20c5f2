package io.llama3v.backend.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CpuBackendProviderTest {
  /** Every Java that tests run on must have the fast kernels; otherwise those of the kernels would pass by testing nothing. */
  @Test
  void runsOnThisJava() {
    assertEquals(Optional.empty(), new CpuBackendProvider().unavailable());
  }

  @Test
  void vectorsAreLoadedAndStoredWhereTheyLie() {
    ByteBuffer b = ByteBuffer.allocateDirect(4 * (2 * Vec.N + 3)).order(ByteOrder.nativeOrder());
    for (int i = 0; i < 2 * Vec.N + 3; i++) Vec.put(b, i, i);
    Vec.store(Vec.load(b, 1).add(100), b, Vec.N + 2);
    float[] expected = new float[2 * Vec.N + 3];
    for (int i = 0; i < expected.length; i++) expected[i] = i < Vec.N + 2 || i >= 2 * Vec.N + 2 ? i : i - Vec.N - 2 + 101;
    float[] found = new float[expected.length];
    for (int i = 0; i < found.length; i++) found[i] = Vec.get(b, i);
    assertArrayEquals(expected, found);
  }

  @Test
  void slicesOfBuffersBeginWhereTheyBegin() {
    ByteBuffer whole = ByteBuffer.allocateDirect(4 * (Vec.N + 5)).order(ByteOrder.nativeOrder());
    for (int i = 0; i < Vec.N + 5; i++) Vec.put(whole, i, i);
    ByteBuffer slice = whole.slice(4 * 3, 4 * Vec.N).order(ByteOrder.nativeOrder());
    assertEquals(3, Vec.load(slice, 0).lane(0));
    assertEquals(Vec.N + 2, Vec.load(slice, 0).lane(Vec.N - 1));
  }
}
