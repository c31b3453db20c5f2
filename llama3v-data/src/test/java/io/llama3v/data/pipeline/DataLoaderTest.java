package io.llama3v.data.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.data.sample.Sample;
import io.llama3v.data.sample.SampleSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DataLoaderTest {
  private static SampleSource source(String prefix, int n) {
    return SampleSource.of(IntStream.range(0, n).mapToObj(i -> new Sample(prefix + i, Map.of())).toList());
  }

  private static DataLoader.Builder<String> builder(int n) {
    return DataLoader.over(source("", n), Sample::key).seed(7).batchSize(4);
  }

  private static List<String> take(DataLoader<String> loader, int batches) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < batches; i++) {
      all.addAll(loader.next());
    }
    return all;
  }

  @Test
  void permutationIsABijectionForEverySizeAndDependsOnTheKey() {
    for (int n = 1; n < 70; n++) {
      Permutation p = new Permutation(n, 3);
      HashSet<Long> seen = new HashSet<>();
      for (int i = 0; i < n; i++) {
        long x = p.apply(i);
        assertTrue(x >= 0 && x < n);
        seen.add(x);
      }
      assertEquals(n, seen.size());
    }
    long moved = IntStream.range(0, 1000).filter(i -> new Permutation(1000, 1).apply(i) != new Permutation(1000, 2).apply(i)).count();
    assertTrue(moved > 950, "only " + moved + " of 1000 differ");
  }

  @Test
  void orderDoesNotDependOnWorkersAndEachEpochHasEverySampleOnce() {
    List<String> expected;
    try (DataLoader<String> one = builder(20).workers(1).prefetch(1).build()) {
      expected = take(one, 15);
    }
    for (int workers : new int[] {2, 3, 4, 6}) {
      try (DataLoader<String> many = builder(20).workers(workers).prefetch(3).build()) {
        assertEquals(expected, take(many, 15));
      }
    }
    for (int epoch = 0; epoch < 3; epoch++) {
      assertEquals(20, new HashSet<>(expected.subList(epoch * 20, epoch * 20 + 20)).size());
    }
    assertNotEquals(expected.subList(0, 20), expected.subList(20, 40));
    try (DataLoader<String> other = builder(20).seed(8).build()) {
      assertNotEquals(expected, take(other, 15));
    }
  }

  @Test
  void restoredLoaderContinuesAcrossAnEpochBoundary() {
    try (DataLoader<String> loader = builder(18).workers(2).build(); DataLoader<String> restored = builder(18).build()) {
      take(loader, 3);
      long position = loader.position();
      assertEquals(12, position);
      List<String> rest = take(loader, 8);
      take(restored, 1);
      restored.seek(position);
      assertEquals(rest, take(restored, 8));
      loader.seek(position);
      assertEquals(rest, take(loader, 8));
      restored.seek(4L * 1_000_000_000_000L);
      assertEquals(4, restored.next().size());
      assertThrows(IllegalArgumentException.class, () -> restored.seek(3));
    }
  }

  @Test
  void restoringReadsNothingAgainWhereverItStands() {
    AtomicInteger reads = new AtomicInteger();
    SampleSource counted = new SampleSource() {
      @Override
      public long size() {
        return 1_000_003;
      }

      @Override
      public Sample read(long index) {
        reads.incrementAndGet();
        return new Sample("s" + index, Map.of());
      }

      @Override
      public String describe() {
        return "a counted source";
      }
    };
    for (long batch : new long[] {0, 1, 1_000, 250_000, 123_456_789_012L}) {
      reads.set(0);
      try (DataLoader<String> loader = DataLoader.over(counted, Sample::key).weight(2).mix(counted, 1).seed(7).batchSize(4).workers(2)
          .prefetch(3).build()) {
        loader.restore(LoaderState.at(4 * batch));
        assertEquals(0, reads.get(), "restoring itself reads nothing");
        take(loader, 8);
      }
      // Eight batches, and at most three more that were prepared ahead.
      assertTrue(reads.get() >= 32 && reads.get() <= 32 + 12, reads + " reads from batch " + batch);
    }
  }

  @Test
  void restoredLoaderKnowsWhatWasBadBefore() {
    SampleFunction<String> failing = s -> {
      if (s.key().endsWith("3")) {
        throw new IllegalStateException("bad " + s.key());
      }
      return s.key();
    };
    Supplier<DataLoader<String>> fresh =
        () -> DataLoader.over(source("", 100), failing).seed(7).batchSize(4).workers(2).maxBadFraction(0.12).build();
    try (DataLoader<String> whole = fresh.get(); DataLoader<String> first = fresh.get(); DataLoader<String> second = fresh.get()) {
      take(whole, 60);
      take(first, 37);
      LoaderState state = first.state();
      assertEquals(148, state.position());
      assertEquals(first.badSamples().count(), state.badCount());
      second.restore(state);
      assertEquals(state, second.state());
      List<String> rest = take(second, 23);
      assertEquals(whole.badSamples().count(), second.badSamples().count());
      assertEquals(whole.badSamples().byReason(), second.badSamples().byReason());
      assertEquals(whole.state(), second.state());
      assertEquals(whole.keys(), second.keys());
      assertEquals(rest.subList(rest.size() - 4, rest.size()), second.keys(), "keys are those that took the place of bad ones");
    }
    // Far over the allowed fraction before the restore: the next batch says so, as it would have without one.
    try (DataLoader<String> loader = fresh.get()) {
      loader.restore(new LoaderState(200, 200, Map.of("IllegalStateException", 100L)));
      assertThrows(TooManyBadSamplesException.class, () -> take(loader, 10));
    }
  }

  @Test
  void fingerprintTellsWhatIsRead() throws IOException {
    String one;
    try (DataLoader<String> loader = builder(20).build(); DataLoader<String> same = builder(20).workers(3).build();
        DataLoader<String> more = builder(21).build()) {
      one = loader.fingerprint();
      assertEquals(one, same.fingerprint());
      assertNotEquals(one, more.fingerprint());
    }
    try (DataLoader<String> mixed = builder(20).mix(source("x", 5), 1).build(); DataLoader<String> other = builder(20).mix(source("x", 5), 2).build()) {
      assertNotEquals(one, mixed.fingerprint());
      assertNotEquals(mixed.fingerprint(), other.fingerprint(), "shares count");
    }
  }

  @Test
  void ranksTogetherReadTheStreamOfOne() {
    List<String> whole;
    try (DataLoader<String> one = builder(50).batchSize(12).build()) {
      whole = take(one, 7);
    }
    for (int world : new int[] {1, 2, 3, 4, 6, 12}) {
      List<DataLoader<String>> ranks = new ArrayList<>();
      for (int r = 0; r < world; r++) {
        ranks.add(builder(50).batchSize(12 / world).rank(r, world).build());
      }
      List<String> all = new ArrayList<>();
      for (int b = 0; b < 7; b++) {
        ranks.forEach(r -> all.addAll(r.next()));
      }
      assertEquals(whole, all, "world " + world);
      assertEquals(84, ranks.get(0).position());
      ranks.forEach(DataLoader::close);
    }
  }

  @Test
  void badSamplesAreCountedAndReplacedWithoutMovingOthers() {
    List<String> good;
    try (DataLoader<String> loader = builder(100).build()) {
      good = take(loader, 50);
    }
    SampleFunction<String> failing = s -> {
      int i = Integer.parseInt(s.key());
      if (i % 10 == 3 || i == 4) {
        throw new IllegalStateException("bad " + i);
      }
      return s.key();
    };
    List<String> first = null;
    for (int workers = 1; workers <= 3; workers++) {
      try (DataLoader<String> loader = DataLoader.over(source("", 100), failing).seed(7).batchSize(4).workers(workers)
          .maxBadFraction(0.2).build()) {
        List<String> all = take(loader, 50);
        for (int i = 0; i < all.size(); i++) {
          int index = Integer.parseInt(good.get(i));
          int expected = index == 3 ? 5 : index % 10 == 3 || index == 4 ? index + 1 : index;
          assertEquals(Integer.toString(expected), all.get(i));
        }
        assertEquals(22, loader.badSamples().count(), "two epochs with eleven bad samples each");
        assertEquals(Map.of("IllegalStateException", 22L), loader.badSamples().byReason());
        first = first == null ? all : first;
        assertEquals(first, all);
      }
    }
  }

  @Test
  void tooManyBadSamplesStopTheLoader() {
    SampleFunction<String> half = s -> {
      if (s.key().hashCode() % 2 == 0) {
        throw new IllegalStateException("bad " + s.key());
      }
      return s.key();
    };
    try (DataLoader<String> loader = DataLoader.over(source("", 1000), half).batchSize(50).build()) {
      TooManyBadSamplesException e = assertThrows(TooManyBadSamplesException.class, () -> take(loader, 10));
      assertTrue(e.getMessage().contains("bad ") && !e.examples().isEmpty(), e.getMessage());
    }
    SampleFunction<String> all = s -> {
      throw new IllegalStateException("never");
    };
    try (DataLoader<String> loader = DataLoader.over(source("", 3), all).build()) {
      assertThrows(TooManyBadSamplesException.class, loader::next);
    }
  }

  @Test
  void mixtureHasExactSharesAndCoversEachSource() {
    try (DataLoader<String> loader = DataLoader.over(source("a", 100), Sample::key).weight(3).mix(source("b", 30), 1)
        .seed(1).batchSize(100).workers(2).build()) {
      List<String> all = take(loader, 40);
      assertEquals(3000, all.stream().filter(k -> k.startsWith("a")).count());
      List<String> block = all.subList(0, 100);
      long a = block.stream().filter(k -> k.startsWith("a")).count();
      assertTrue(a > 55 && a < 95, "the first hundred hold " + a + " of the larger source");
      assertEquals(130, new HashSet<>(all).size());
      loader.seek(1500 - 1500 % 100);
      assertEquals(all.subList(1500, 1600), loader.next());
    }
    assertThrows(IllegalArgumentException.class, () -> DataLoader.over(source("a", 3), Sample::key).mix(source("b", 3), 0).build());
    assertThrows(IllegalArgumentException.class, () -> DataLoader.over(source("a", 0), Sample::key).build());
  }

  @Test
  void unshuffledIsTheSourcesOrder() {
    try (DataLoader<String> loader = builder(6).shuffle(false).build()) {
      assertEquals(List.of("0", "1", "2", "3", "4", "5", "0", "1"), take(loader, 2));
      assertEquals(2, loader.batchesPerEpoch());
      assertTrue(loader.waitNanos() >= 0);
      loader.close();
      assertThrows(IllegalStateException.class, loader::next);
    }
  }
}
