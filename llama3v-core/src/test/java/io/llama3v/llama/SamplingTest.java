package io.llama3v.llama;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Which token follows from logits, those included that no token follows from. */
class SamplingTest {
  private static final Sampling[] ALL = {Sampling.GREEDY, new Sampling(1, 1, 7), new Sampling(0.7, 0.9, 7), new Sampling(1e-300, 0.5, 7)};

  @Test
  void brokenLogitsAreAnErrorAndNotAToken() {
    for (Sampling sampling : ALL) {
      for (int at = 0; at < 4; at++) {
        float[] logits = {1, 2, 0, -1};
        logits[at] = Float.NaN;
        String message = assertThrows(IllegalStateException.class, () -> sampling.choose(logits, 0)).getMessage();
        assertTrue(message.contains("token " + at + " is NaN"), message);
      }
      float[] none = new float[5];
      Arrays.fill(none, Float.NEGATIVE_INFINITY);
      assertThrows(IllegalStateException.class, () -> sampling.choose(none, 0));
    }
  }

  @Test
  void infiniteLogitsDecide() {
    for (Sampling sampling : ALL) {
      for (int position = 0; position < 20; position++) {
        assertEquals(2, sampling.choose(new float[] {5, 1, Float.POSITIVE_INFINITY, 5}, position));
        assertEquals(1, sampling.choose(new float[] {Float.NEGATIVE_INFINITY, -1e30f, Float.NEGATIVE_INFINITY}, position));
      }
    }
  }

  @Test
  void drawsComeFromTheSmallestSetThatIsLikelyEnough() {
    // Probabilities 0.5, 0.25, 0.125, 0.125 in another order: the first two are 0.75.
    float[] logits = {(float) Math.log(0.125), (float) Math.log(0.5), (float) Math.log(0.125), (float) Math.log(0.25)};
    Sampling sampling = new Sampling(1, 0.7, 11);
    int[] counts = new int[4];
    for (int position = 0; position < 4000; position++) counts[sampling.choose(logits, position)]++;
    assertEquals(0, counts[0] + counts[2]);
    assertEquals(2.0 / 3, counts[1] / 4000.0, 0.03);
  }
}
