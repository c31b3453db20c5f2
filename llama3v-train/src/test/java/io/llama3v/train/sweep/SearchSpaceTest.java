package io.llama3v.train.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class SearchSpaceTest {
  private static final SearchSpace SPACE = new SearchSpace(new double[] {1e-5, 1e-3}, new double[] {0, 0.1}, new double[] {0.5, 1}, 2);

  @Test
  void aGridHasEveryCombinationOnce() {
    List<Trial> trials = SPACE.grid(7);
    assertEquals(16, trials.size());
    assertEquals(16, trials.stream().map(t -> List.of(t.learningRate(), t.weightDecay(), t.share(), t.seed())).distinct().count());
    assertEquals(new Trial("run-1", 1e-5, 0, 0.5, 7), trials.get(0));
    assertEquals(new Trial("run-16", 1e-3, 0.1, 1, 22), trials.get(15));
    assertEquals(16, trials.stream().map(Trial::seed).distinct().count(), "every trial has data of its own");
  }

  @Test
  void aRandomSearchDrawsWithinTheRangesAndItsBeginningStays() {
    List<Trial> trials = SPACE.random(400, 7);
    assertEquals(trials.subList(0, 5), SPACE.random(5, 7));
    assertTrue(trials.stream().allMatch(t -> t.learningRate() >= 1e-5 && t.learningRate() <= 1e-3 && t.weightDecay() <= 0.1
        && t.share() >= 0.5 && t.share() <= 1));
    // Log-uniform: half of the rates lie below the geometric mean; uniform: half of the decays below the arithmetic one.
    assertEquals(200, trials.stream().filter(t -> t.learningRate() < 1e-4).count(), 40);
    assertEquals(200, trials.stream().filter(t -> t.weightDecay() < 0.05).count(), 40);
    assertTrue(!trials.get(0).equals(SPACE.random(1, 8).get(0)));
  }

  @Test
  void mistakesAreNamed() {
    assertTrue(assertThrows(IllegalArgumentException.class, () -> new SearchSpace(new double[] {0}, new double[] {0}, new double[] {1}, 1))
        .getMessage().contains("learning_rate 0.0"));
    assertThrows(IllegalArgumentException.class, () -> new SearchSpace(new double[] {1}, new double[] {0}, new double[] {1.1}, 1));
    assertThrows(IllegalArgumentException.class, () -> new SearchSpace(new double[] {}, new double[] {0}, new double[] {1}, 1));
    assertThrows(IllegalArgumentException.class, () -> SPACE.random(0, 1));
  }
}
