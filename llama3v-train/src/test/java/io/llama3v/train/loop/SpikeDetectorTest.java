package io.llama3v.train.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SpikeDetectorTest {
  /** A falling loss with noise, as trainings have it: 3 exp(-t/150) + 1, standard deviation 0.05. */
  private static double loss(Random random, int t) {
    return 3 * Math.exp(-t / 150.0) + 1 + 0.05 * random.nextGaussian();
  }

  @Test
  void spikesAreCaughtAndNoiseIsNot() {
    int caught = 0;
    int alarms = 0;
    for (int seed = 0; seed < 100; seed++) {
      Random random = new Random(seed);
      SpikeDetector clean = new SpikeDetector(6, 0.05);
      int raised = 0;
      for (int t = 0; t < 500; t++) if (clean.take(loss(random, t)) > 0) raised++;
      alarms += Math.min(1, raised);
      SpikeDetector struck = new SpikeDetector(6, 0.05);
      int at = 60 + random.nextInt(400);
      double height = 0;
      for (int t = 0; t <= at; t++) height = struck.take(loss(random, t) * (t == at ? 1.5 + random.nextDouble() : 1));
      if (height > 0) caught++;
    }
    assertTrue(caught >= 95, caught + " of 100 spikes caught");
    assertTrue(alarms <= 2, "false alarms in " + alarms + " of 100 clean runs");
  }

  @Test
  void heightIsInRobustDeviations() {
    // Median 10, median distance from it 1.
    double[] heights = {0, 5.9 * 1.4826, 20};
    for (double height : heights) {
      SpikeDetector detector = new SpikeDetector(6, 0.05);
      for (int i = 0; i < 25; i++) assertEquals(0, detector.take(8 + i % 5));
      assertEquals(height == 20 ? 20 / 1.4826 : 0, detector.take(10 + height), 1e-12);
    }
  }

  @Test
  void aRunThatHardlyVariesDoesNotAlarmAtNothing() {
    SpikeDetector detector = new SpikeDetector(6, 0.05);
    for (int i = 0; i < 40; i++) detector.take(2);
    assertEquals(0, detector.take(2.09));
    assertTrue(detector.take(2.11) > 6);
  }

  @Test
  void aNewLevelIsGotUsedTo() {
    SpikeDetector detector = new SpikeDetector(6, 0.05);
    for (int i = 0; i < 50; i++) detector.take(1);
    int alarms = 0;
    for (int i = 0; i < 50; i++) if (detector.take(2) > 0) alarms++;
    assertTrue(alarms > 0 && alarms <= 26, alarms + " alarms");
  }

  @Test
  void whatIsRestoredGoesOnTheSame() {
    SpikeDetector one = new SpikeDetector(6, 0.05);
    Random random = new Random(1);
    for (int t = 0; t < 70; t++) one.take(loss(random, t));
    SpikeDetector other = new SpikeDetector(6, 0.05);
    other.restore(List.copyOf(one.recent()));
    assertEquals(SpikeDetector.WINDOW, other.recent().size());
    for (double value : new double[] {3, 9, 2, 4.5}) assertEquals(one.take(value), other.take(value));
  }
}
