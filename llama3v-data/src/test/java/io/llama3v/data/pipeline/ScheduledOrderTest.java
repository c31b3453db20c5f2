package io.llama3v.data.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.data.pipeline.SampleOrder.Pick;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.sample.SampleSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScheduledOrderTest {
  private static final int STEPS = 200;
  private static final int PLACES = 7;

  private static ScheduledOrder.Mixture mixture(java.util.function.LongFunction<double[]> weights, java.util.function.LongFunction<double[]> pools) {
    return new ScheduledOrder.Mixture() {
      @Override
      public double[] weights(long step) {
        return weights.apply(step);
      }

      @Override
      public double[] pools(long step) {
        return pools == null ? null : pools.apply(step);
      }
    };
  }

  private static ScheduledOrder order(ScheduledOrder.Mixture mixture, long... sizes) {
    return new ScheduledOrder(sizes, mixture, PLACES, STEPS, 3);
  }

  @Test
  void everySourceGetsItsSharesToWithinAFewPlaces() {
    // Three sources, the second fading in, the third out.
    java.util.function.LongFunction<double[]> weights = step -> new double[] {1, step / 199.0, 1 - step / 199.0};
    ScheduledOrder order = order(mixture(weights, null), 1000, 1000, 1000);
    double[] due = new double[3];
    long[] had = new long[3];
    for (int step = 0; step < STEPS + 20; step++) {
      double[] w = weights.apply(Math.min(step, STEPS - 1));
      for (int p = 0; p < PLACES; p++) had[order.at((long) step * PLACES + p).source()]++;
      for (int s = 0; s < 3; s++) {
        due[s] += PLACES * w[s] / 2;
        if (step < STEPS) assertEquals(due[s], had[s], 3, "source " + s + " after step " + step);
      }
    }
    assertEquals(had[0] + had[1] + had[2], (STEPS + 20) * PLACES);
  }

  @Test
  void aSourceOfNoWeightGetsNoPlace() {
    ScheduledOrder order = order(mixture(step -> step < 50 ? new double[] {1, 0} : new double[] {0, 1}, null), 40, 40);
    for (long p = 0; p < STEPS * PLACES; p++) assertEquals(p < 50 * PLACES ? 0 : 1, order.at(p).source());
  }

  @Test
  void eachSampleComesOnceInAPass() {
    ScheduledOrder order = order(mixture(step -> new double[] {0.3 + 0.001 * step, 0.6}, null), 31, 17);
    List<List<Long>> seen = List.of(new ArrayList<>(), new ArrayList<>());
    for (long step = 0; step < STEPS; step++) {
      // Places of a step come in an order of their own: sorted by pass, the k-th pass is complete once the next has begun.
      for (int p = 0; p < PLACES; p++) {
        Pick pick = order.at(step * PLACES + p);
        seen.get(pick.source()).add(pick.epoch() * 1000 + pick.index());
      }
    }
    long[] sizes = {31, 17};
    for (int s = 0; s < 2; s++) {
      Set<Long> distinct = new HashSet<>(seen.get(s));
      assertEquals(seen.get(s).size(), distinct.size(), "no sample twice in a pass");
      long passes = seen.get(s).size() / sizes[s];
      for (long e = 0; e < passes - 1; e++) {
        for (long i = 0; i < sizes[s]; i++) assertTrue(distinct.contains(e * 1000 + i), "sample " + i + " of pass " + e);
      }
    }
  }

  @Test
  void poolsOpenFromTheFirstSampleOn() {
    ScheduledOrder order = order(mixture(step -> new double[] {1}, step -> new double[] {step < 100 ? 0.25 : 1}), 100);
    Set<Long> early = new HashSet<>();
    Set<Long> late = new HashSet<>();
    for (long p = 0; p < STEPS * PLACES; p++) (p < 100 * PLACES ? early : late).add(order.at(p).index());
    assertEquals(IntStream.range(0, 25).mapToObj(Long::valueOf).collect(java.util.stream.Collectors.toSet()), early);
    assertEquals(100, late.size());
  }

  @Test
  void seedsAndStepsGiveOtherOrders() {
    ScheduledOrder.Mixture half = mixture(step -> new double[] {1, 1}, null);
    ScheduledOrder a = new ScheduledOrder(new long[] {50, 50}, half, PLACES, STEPS, 3);
    ScheduledOrder b = new ScheduledOrder(new long[] {50, 50}, half, PLACES, STEPS, 4);
    assertNotEquals(IntStream.range(0, 100).mapToObj(a::at).toList(), IntStream.range(0, 100).mapToObj(b::at).toList());
  }

  @Test
  void mistakesAreNamed() {
    assertTrue(assertThrows(IllegalArgumentException.class, () -> order(mixture(step -> new double[] {0, step == 9 ? 0 : 1}, null), 5, 5))
        .getMessage().contains("all mixture weights are 0 at step 9"));
    assertThrows(IllegalArgumentException.class, () -> order(mixture(step -> new double[] {1}, null), 5, 5));
    assertThrows(IllegalArgumentException.class, () -> order(mixture(step -> new double[] {1, -1}, null), 5, 5));
  }

  @Test
  void aLoaderResumesAndSplitsAsEver() {
    SampleSource letters = source("a", 20);
    SampleSource digits = source("1", 30);
    ScheduledOrder.Mixture fade = mixture(step -> new double[] {1, step / 10.0}, null);
    List<String> whole = new ArrayList<>();
    try (DataLoader<String> loader = loader(letters, digits, fade).batchSize(4).workers(2).build()) {
      for (int i = 0; i < 12; i++) whole.addAll(loader.next());
    }
    assertTrue(whole.stream().anyMatch(key -> key.startsWith("1")) && whole.get(0).startsWith("a"));
    try (DataLoader<String> loader = loader(letters, digits, fade).batchSize(4).build()) {
      loader.seek(20);
      assertEquals(whole.subList(20, 24), loader.next());
    }
    for (int rank = 0; rank < 2; rank++) {
      try (DataLoader<String> loader = loader(letters, digits, fade).batchSize(2).rank(rank, 2).build()) {
        for (int i = 0; i < 12; i++) assertEquals(whole.subList(4 * i + 2 * rank, 4 * i + 2 * rank + 2), loader.next());
      }
    }
  }

  private static DataLoader.Builder<String> loader(SampleSource a, SampleSource b, ScheduledOrder.Mixture mixture) {
    return DataLoader.over(a, Sample::key).mix(b, 1).seed(5).schedule(mixture, 8, 10);
  }

  private static SampleSource source(String prefix, int size) {
    return SampleSource.of(IntStream.range(0, size).mapToObj(i -> new Sample(prefix + i, Map.of("txt", new byte[0]))).toList());
  }
}
