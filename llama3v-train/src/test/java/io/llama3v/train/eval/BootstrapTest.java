package io.llama3v.train.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class BootstrapTest {

  @Test
  void agreesWithTheNormalApproximation() {
    double[] scores = new double[400];
    Arrays.fill(scores, 0, 120, 1);
    Bootstrap.Interval interval = Bootstrap.mean(scores, 0.95, 4_000, 1);
    double error = 1.96 * Math.sqrt(0.3 * 0.7 / 400);
    assertEquals(0.3, interval.mean());
    assertEquals(0.3 - error, interval.low(), 0.006);
    assertEquals(0.3 + error, interval.high(), 0.006);
  }

  @Test
  void sameSeedSameInterval() {
    double[] scores = {0.1, 0.7, 0.3, 0.9, 0.2};
    assertEquals(Bootstrap.mean(scores, 7), Bootstrap.mean(scores, 7));
    assertNotEquals(Bootstrap.mean(scores, 7), Bootstrap.mean(scores, 8));
  }

  @Test
  void aConstantHasNoWidth() {
    assertEquals(new Bootstrap.Interval(1, 1, 1), Bootstrap.mean(new double[] {1, 1, 1}, 3));
  }

  @Test
  void pairsAreResampledTogether() {
    double[] sighted = {1, 1, 0, 1, 0, 1};
    double[] blind = {0, 0, -1, 0, -1, 0};
    Bootstrap.Interval gain = Bootstrap.difference(sighted, blind, 0.95, 500, 5);
    assertEquals(new Bootstrap.Interval(1, 1, 1), gain, "every pair differs by 1, so no resample can differ");
    assertThrows(IllegalArgumentException.class, () -> Bootstrap.difference(sighted, new double[2], 0.95, 500, 5));
  }

  @Test
  void refusesNonsense() {
    assertThrows(IllegalArgumentException.class, () -> Bootstrap.mean(new double[0], 1));
    assertThrows(IllegalArgumentException.class, () -> Bootstrap.mean(new double[1], 1.0, 10, 1));
  }
}
