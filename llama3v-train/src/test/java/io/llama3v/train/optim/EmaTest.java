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
}
