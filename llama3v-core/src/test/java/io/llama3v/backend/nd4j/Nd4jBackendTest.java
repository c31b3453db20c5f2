package io.llama3v.backend.nd4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.Backend;
import io.llama3v.tensor.DType;
import io.llama3v.tensor.Tensor;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The reference backend's memory and transfers. */
class Nd4jBackendTest {
  private final Backend backend = Backend.named("nd4j");

  @AfterEach
  void close() {
    assertEquals(0, backend.liveBytes());
    backend.close();
  }

  @Test
  void saysWhatItRunsOn() {
    assertEquals("nd4j", backend.name());
    assertTrue(backend.describe().matches("nd4j: .+Backend \\(.+\\), BLAS .+ with \\d+ threads.*"), backend.describe());
  }

  @Test
  void transfersStartAtThePositionAndLeaveIt() {
    FloatBuffer source = FloatBuffer.wrap(new float[] {9, 1, 2, 3, 4, 9}).position(1);
    FloatBuffer sink = FloatBuffer.allocate(6).position(1);
    try (Tensor t = backend.detached(DType.F32, 2, 2)) {
      backend.upload(source, t);
      assertEquals(1, source.position());
      backend.download(t, sink);
      assertEquals(1, sink.position());
      assertArrayEquals(new float[] {0, 1, 2, 3, 4, 0}, sink.array());
      assertArrayEquals(new double[] {1, 2, 3, 4}, t.toDoubles());
      assertThrows(IllegalArgumentException.class, () -> backend.upload(FloatBuffer.allocate(3), t));
      assertThrows(IllegalArgumentException.class, () -> backend.download(t, FloatBuffer.allocate(3)));
    }
  }

  @Test
  void transfersLargerThanOnePart() {
    float[] values = new float[(1 << 20) + 77];
    for (int i = 0; i < values.length; i++) values[i] = i;
    try (Tensor t = backend.tensor(values, values.length)) {
      assertArrayEquals(values, t.toFloats());
    }
  }

  @Test
  void scalarsIntegersAndDoubles() {
    try (Tensor scalar = backend.tensor(new float[] {3});
        Tensor integers = backend.tensor(new int[] {1, -2_000_000_011}, 2);
        Tensor doubles = backend.tensor(new double[] {0.1, 0.3}, 2)) {
      assertEquals(3, scalar.item());
      assertArrayEquals(new int[] {1, -2_000_000_011}, integers.toInts());
      assertArrayEquals(new double[] {0.1, 0.3}, doubles.toDoubles());
    }
  }

  @Test
  void arraysShareTheMemoryAndDoNotOwnIt() {
    try (Tensor t = backend.tensor(new float[] {1, 2, 3, 4}, 4)) {
      INDArray array = t.array();
      array.putScalar(2, 7);
      assertFalse(array.closeable());
      assertArrayEquals(new float[] {1, 2, 7, 4}, t.toFloats());
    }
  }

  @Test
  void oneStorageServesOneType() {
    try (Tensor t = backend.tensor(new float[] {1, 2}, 2)) {
      assertThrows(IllegalStateException.class, () -> t.storage().array(DType.I32, 0, 2));
      assertThrows(IllegalArgumentException.class, () -> t.storage().array(DType.F32, 1, 2));
    }
  }

  @Test
  void anOpenWorkspaceDoesNotOwnTensors() {
    Tensor t;
    MemoryWorkspace workspace = Nd4j.getWorkspaceManager().getAndActivateWorkspace("caller");
    try {
      t = backend.tensor(new float[] {1, 2}, 2);
    } finally {
      workspace.close();
    }
    assertArrayEquals(new float[] {1, 2}, t.toFloats());
    t.close();
  }

  @Test
  void countsBytes() {
    Tensor a = backend.detached(DType.F64, 10);
    Tensor b = backend.detached(DType.F32, 10);
    assertEquals(120, backend.liveBytes());
    a.close();
    assertEquals(40, backend.liveBytes());
    assertEquals(120, backend.peakBytes());
    b.close();
    assertThrows(IllegalStateException.class, b::array);
  }
}
