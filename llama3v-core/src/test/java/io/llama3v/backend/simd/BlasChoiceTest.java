package io.llama3v.backend.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.junit.jupiter.api.Test;

class BlasChoiceTest {
  /** What is on the class path here: OpenBLAS always, MKL under {@code -Pmkl}. */
  private static List<Blas> libraries() {
    List<Blas> all = new ArrayList<>(List.of(new OpenBlas()));
    Mkl.load().ifPresent(all::add);
    return all;
  }

  @Test
  void everyLibraryMultiplies() {
    for (Blas blas : libraries()) {
      try (FloatPointer a = new FloatPointer(1f, 2f, 3f, 4f, 5f, 6f); FloatPointer b = new FloatPointer(1f, 0f, -1f, 2f, 1f, 0f);
          FloatPointer c = new FloatPointer(10f, 20f, 30f, 40f)) {
        // [1 2 3; 4 5 6] times the transpose of [1 0 -1; 2 1 0] is [-2 4; -2 13].
        blas.gemm(false, true, 2, 2, 3, 2, a.address(), 3, b.address(), 3, 1, c.address(), 2);
        float[] found = new float[4];
        c.get(found);
        assertEquals(List.of(6f, 28f, 26f, 66f), List.of(found[0], found[1], found[2], found[3]), blas.name());
      }
    }
  }

  @Test
  void fasterOneIsTakenAndOpenBlasOnlyIfClearlySo() {
    assertFalse(BlasChoice.takesFirst(2, 1));
    assertFalse(BlasChoice.takesFirst(1, 1.05));
    assertTrue(BlasChoice.takesFirst(1, 1.2));
  }

  @Test
  void oneCanBeAskedFor() {
    assertTrue(BlasChoice.make("openblas").blas() instanceof OpenBlas);
    String message = assertThrows(IllegalArgumentException.class, () -> BlasChoice.make("atlas")).getMessage();
    assertTrue(message.contains("'atlas'") && message.contains("openblas"), message);
    if (libraries().size() == 1) {
      message = assertThrows(IllegalArgumentException.class, () -> BlasChoice.make("mkl")).getMessage();
      assertTrue(message.contains("-Pmkl"), message);
      assertEquals("the only BLAS here", BlasChoice.make("auto").why());
    } else {
      assertTrue(BlasChoice.make("mkl").blas() instanceof Mkl);
    }
  }
}
