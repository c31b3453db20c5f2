package io.llama3v.train.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.llama3v.backend.Backend;
import io.llama3v.tensor.Init;
import io.llama3v.tensor.Parameter;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EmaTest {
  @Test
  void theFirstUpdateCopiesAndTheOthersMove() {
    try (Backend backend = Backend.best(); Parameter p = new Parameter("p", Init.ONES, 2).initialize(backend, 1, "p");
        Ema ema = new Ema(Map.of("p", p), 0.75)) {
      backend.kernels().fill(p, 2);
      ema.update();
      assertArrayEquals(new float[] {2, 2}, ema.averages().get("p").toFloats());
      backend.kernels().fill(p, 6);
      ema.update();
      assertArrayEquals(new float[] {3, 3}, ema.averages().get("p").toFloats());
      assertEquals(2, ema.updates());
    }
  }

  @Test
  void swappingBorrowsTheAveragesAndGivesThemBack() {
    try (Backend backend = Backend.best(); Parameter p = new Parameter("p", Init.ONES, 2).initialize(backend, 1, "p");
        Ema ema = new Ema(Map.of("p", p), 0.5)) {
      backend.kernels().fill(p, 4);
      try (Ema.Swapped swapped = ema.swap()) {
        assertNotNull(swapped);
        assertArrayEquals(new float[] {1, 1}, p.toFloats());
      }
      assertArrayEquals(new float[] {4, 4}, p.toFloats());
      assertArrayEquals(new float[] {1, 1}, ema.averages().get("p").toFloats());
    }
  }

  @Test
  void aTailIsAveragedAlikeAndAdopted() {
    try (Backend backend = Backend.best(); Parameter p = new Parameter("p", Init.ONES, 2).initialize(backend, 1, "p");
        Ema mean = new Ema(Map.of("p", p), Averaging.uniform(2, 2)); Ema tail = new Ema(Map.of("p", p), new Averaging(0.75, 3, 1))) {
      // Weights after the update number u are u squared.
      for (int u = 1; u <= 9; u++) {
        backend.kernels().fill(p, u * u);
        mean.update();
        tail.update();
      }
      assertEquals(3, mean.taken(), "updates 4, 6 and 8");
      assertEquals((16 + 36 + 64) / 3.0, mean.averages().get("p").toFloats()[0], 1e-5);
      double expected = 16;
      for (int u = 5; u <= 9; u++) expected += 0.25 * (u * u - expected);
      assertEquals(expected, tail.averages().get("p").toFloats()[1], 1e-5);
      mean.adopt();
      assertEquals((16 + 36 + 64) / 3.0, p.toFloats()[0], 1e-5);
    }
  }

  @Test
  void aRestoredCountGoesOnWhereItWas() {
    try (Backend backend = Backend.best(); Parameter p = new Parameter("p", Init.ONES, 1).initialize(backend, 1, "p");
        Ema ema = new Ema(Map.of("p", p), Averaging.uniform(4, 1))) {
      ema.restoreUpdates(5);
      backend.kernels().fill(ema.averages().get("p"), 3);
      backend.kernels().fill(p, 7);
      ema.update();
      assertArrayEquals(new float[] {5}, ema.averages().get("p").toFloats(), "the second of two");
    }
  }
}
