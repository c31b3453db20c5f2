package io.llama3v.train.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class CurveTest {
  private static void values(Schedule curve, double... expected) {
    for (int i = 0; i < expected.length; i++) assertEquals(expected[i], curve.at(5L * i), 1e-12, "step " + 5 * i);
  }

  @Test
  void stepsHoldUntilTheNextPoint() {
    Curve tiles = Curve.of(Curve.Shape.STEP).at(0, 336).at(10, 448).at(15, 560);
    values(tiles, 336, 336, 448, 560, 560);
    assertEquals(336, tiles.at(9));
    assertEquals(560, tiles.last());
  }

  @Test
  void smoothShapesByHand() {
    values(Curve.of(Curve.Shape.LINEAR).at(5, 1).at(15, 0.5), 1, 1, 0.75, 0.5, 0.5);
    // A quarter of the way: (1 - cos 45 degrees) / 2 of the difference.
    Curve cosine = Curve.of(Curve.Shape.COSINE).at(0, 4).at(20, 0);
    values(cosine, 4, 4 - 4 * (1 - Math.sqrt(0.5)) / 2, 2, 4 - 4 * (1 + Math.sqrt(0.5)) / 2, 0, 0);
    values(Curve.of(Curve.Shape.EXPONENTIAL).at(0, 1).at(10, 0.01), 1, 0.1, 0.01, 0.01);
  }

  @Test
  void mistakesAreNamed() {
    assertTrue(assertThrows(IllegalArgumentException.class, () -> Curve.of(Curve.Shape.LINEAR).at(5, 1).at(5, 2)).getMessage()
        .contains("in order"));
    assertThrows(IllegalArgumentException.class, () -> Curve.of(Curve.Shape.LINEAR).at(-1, 1));
    assertThrows(IllegalArgumentException.class, () -> Curve.of(Curve.Shape.LINEAR).at(0, Double.NaN));
    assertTrue(assertThrows(IllegalArgumentException.class, () -> Curve.of(Curve.Shape.EXPONENTIAL).at(0, 1).at(9, 0)).getMessage()
        .contains("stays above 0"));
  }
}
