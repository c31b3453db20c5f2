package io.llama3v.data.curate.ngram;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Probabilities, sizes and thresholds against numbers worked out by hand and against drawing each entry by itself. */
class ResamplerTest {
  /** Counts with the given number of texts an entry. */
  private static EntryCounts counts(int... f) {
    EntryCounts counts = new EntryCounts(f.length);
    for (int e = 0; e < f.length; e++) for (int i = 0; i < f[e]; i++) counts.add(new int[] {e}, 1);
    return counts;
  }

  @Test
  void probabilitiesByHand() {
    EntryCounts counts = counts(1000, 400, 90, 0);
    Resampler reciprocal = new Resampler(counts, 100, ResamplingLaw.RECIPROCAL, 0);
    assertEquals(0.1, reciprocal.keepProbability(new int[] {0}, 1), 1e-15);
    assertEquals(1 - 0.9 * 0.75, reciprocal.keepProbability(new int[] {0, 1}, 2), 1e-15);
    assertEquals(1, reciprocal.keepProbability(new int[] {0, 2}, 2), "90 < 100: kept for certain");
    assertEquals(1, reciprocal.keepProbability(new int[] {3}, 1));
    assertEquals(0, reciprocal.keepProbability(new int[0], 0));
    Resampler root = new Resampler(counts, 100, ResamplingLaw.SQUARE_ROOT, 0.25);
    assertEquals(Math.sqrt(0.1), root.keepProbability(new int[] {0}, 1), 1e-15);
    assertEquals(1 - (1 - Math.sqrt(0.1)) * 0.5, root.keepProbability(new int[] {0, 1}, 2), 1e-15);
    assertEquals(0.25, root.keepProbability(new int[0], 0));
  }

  @Test
  void oneDrawStandsForDrawsOfEveryEntry() {
    EntryCounts counts = counts(500, 300, 200);
    Resampler resampler = new Resampler(counts, 60, ResamplingLaw.RECIPROCAL, 0);
    int[] hits = {0, 1, 2};
    int n = 40_000;
    int kept = 0;
    int apart = 0;
    Random random = new Random(5);
    for (int i = 0; i < n; i++) {
      if (resampler.keeps(hits, 3, 11, "sample-" + i)) kept++;
      if (random.nextDouble() < 0.12 | random.nextDouble() < 0.2 | random.nextDouble() < 0.3) apart++;
    }
    double p = 1 - 0.88 * 0.8 * 0.7;
    double sigma = Math.sqrt(n * p * (1 - p));
    assertEquals(n * p, kept, 4 * sigma);
    assertEquals(apart, kept, 4 * Math.sqrt(2) * sigma);
  }

  @Test
  void drawsDependOnSeedAndKeyAlone() {
    assertEquals(Resampler.draw(1, "a/b"), Resampler.draw(1, new String("a/b")));
    assertTrue(Resampler.draw(1, "a/b") != Resampler.draw(2, "a/b"));
    assertTrue(Resampler.draw(1, "a/b") != Resampler.draw(1, "a/c"));
    int[] tenths = new int[10];
    for (int i = 0; i < 10_000; i++) tenths[(int) (10 * Resampler.draw(9, "key" + i))]++;
    double chiSquare = 0;
    for (int t : tenths) chiSquare += (t - 1000.0) * (t - 1000.0) / 1000;
    assertTrue(chiSquare < 27.9, "chi-square with 9 degrees of freedom, 0.1 %: " + chiSquare);
  }

  @Test
  void solverByHand() {
    // 1000 texts that hold the one entry: expected size 1000 (T/1000)^a.
    EntryCounts counts = counts(1000);
    HitSample sample = new HitSample(0, 5000);
    for (int i = 0; i < 1000; i++) sample.add("k" + i, new int[] {0}, 1);
    assertEquals(100, new ThresholdSolver(counts, sample, ResamplingLaw.RECIPROCAL, 0).solve(100).threshold(), 1e-4);
    ThresholdSolver.Solution root = new ThresholdSolver(counts, sample, ResamplingLaw.SQUARE_ROOT, 0).solve(100);
    assertEquals(10, root.threshold(), 1e-5);
    assertEquals(100, root.expectedSize(), 1e-6);
    assertEquals(Math.sqrt(1000 * 0.1 * 0.9), root.drawError(), 1e-6);
    assertEquals(0, root.samplingError());
    assertEquals(1000, new ThresholdSolver(counts, sample, ResamplingLaw.SQUARE_ROOT, 0).solve(1000).expectedSize(), 1e-9);
    String message = assertThrows(IllegalArgumentException.class,
        () -> new ThresholdSolver(counts, sample, ResamplingLaw.SQUARE_ROOT, 0).solve(1001)).getMessage();
    assertTrue(message.contains("1,000 can stay"), message);
    assertThrows(IllegalArgumentException.class, () -> new ThresholdSolver(counts, sample, ResamplingLaw.SQUARE_ROOT, 0).solve(0));
  }

  @Test
  void solvedSizeIsDrawn() {
    Random random = new Random(2);
    int texts = 20_000;
    int entries = 200;
    List<int[]> hits = new ArrayList<>();
    for (int i = 0; i < texts; i++) {
      hits.add(random.ints(1 + random.nextInt(5), 0, entries).map(e -> (int) (e * (double) e / entries)).distinct().toArray());
    }
    EntryCounts counts = new EntryCounts(entries);
    HitSample all = new HitSample(3, texts);
    HitSample part = new HitSample(3, 2_000);
    for (int i = 0; i < texts; i++) {
      counts.add(hits.get(i), hits.get(i).length);
      all.add("k" + i, hits.get(i), hits.get(i).length);
      part.add("k" + i, hits.get(i), hits.get(i).length);
    }
    for (ResamplingLaw law : ResamplingLaw.values()) {
      ThresholdSolver.Solution exact = new ThresholdSolver(counts, all, law, 0).solve(7_000);
      assertEquals(7_000, exact.expectedSize(), 1e-3);
      Resampler resampler = new Resampler(counts, exact.threshold(), law, 0);
      int kept = 0;
      for (int i = 0; i < texts; i++) if (resampler.keeps(hits.get(i), hits.get(i).length, 77, "k" + i)) kept++;
      assertEquals(7_000, kept, 4 * exact.drawError());
      ThresholdSolver.Solution sampled = new ThresholdSolver(counts, part, law, 0).at(exact.threshold());
      assertTrue(sampled.samplingError() > 1);
      assertEquals(7_000, sampled.expectedSize(), 4 * sampled.samplingError());
    }
  }

  @Test
  void partsMergeInAnyOrder() {
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < 500; i++) keys.add("key " + i);
    HitSample whole = new HitSample(1, 40);
    EntryCounts wholeCounts = new EntryCounts(10);
    for (String key : keys) {
      int[] h = {key.hashCode() & 7};
      whole.add(key, h, 1);
      wholeCounts.add(h, 1);
    }
    Collections.shuffle(keys, new Random(4));
    HitSample merged = new HitSample(1, 40);
    EntryCounts mergedCounts = new EntryCounts(10);
    for (int part = 0; part < 5; part++) {
      HitSample s = new HitSample(1, 40);
      EntryCounts c = new EntryCounts(10);
      for (String key : keys.subList(part * 100, part * 100 + 100)) {
        int[] h = {key.hashCode() & 7};
        s.add(key, h, 1);
        c.add(h, 1);
      }
      merged.merge(s);
      mergedCounts.merge(c);
    }
    assertArrayEquals(wholeCounts.counts(), mergedCounts.counts());
    assertEquals(500, merged.texts());
    assertEquals(40, merged.size());
    assertArrayEquals(whole.hits().toArray(int[][]::new), merged.hits().toArray(int[][]::new));
  }

  @Test
  void tailShares() {
    EntryCounts counts = counts(1, 2, 3, 4, 90);
    assertEquals(0.03, TailShare.of(counts, 3), 1e-15);
    assertEquals(0.06, TailShare.of(counts, 4), 1e-15);
    assertEquals(4, TailShare.threshold(counts, 0.06));
    assertEquals(90, TailShare.threshold(counts, 0.10));
    assertEquals(1, TailShare.threshold(counts, 0.001));
  }
}
