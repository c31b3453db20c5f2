package io.llama3v.data.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EpochOrderTest {
  private static List<Long> epoch(EpochOrder order, int size, long key) {
    List<Long> all = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      all.add(order.index(i, size, key));
    }
    return all;
  }

  @Test
  void everyEpochReadsEverySampleOnce() {
    for (int size = 1; size < 40; size++) {
      for (int window = 1; window < 12; window++) {
        List<Long> all = epoch(EpochOrder.windows(window), size, 5);
        Set<Long> seen = new HashSet<>(all);
        assertEquals(size, seen.size(), "size " + size + ", window " + window);
        assertTrue(seen.stream().allMatch(i -> i >= 0 && i < 40));
      }
    }
  }

  @Test
  void aWindowIsReadToItsEndBeforeAnotherBegins() {
    List<Long> all = epoch(EpochOrder.windows(10), 100, 3);
    for (int w = 0; w < 10; w++) {
      // ten consecutive samples, around the end: the largest gap on the circle is 91
      List<Long> sorted = all.subList(w * 10, w * 10 + 10).stream().sorted().toList();
      long gap = 100 - sorted.get(9) + sorted.get(0);
      for (int i = 1; i < 10; i++) {
        gap = Math.max(gap, sorted.get(i) - sorted.get(i - 1));
      }
      assertEquals(91, gap, sorted.toString());
      assertNotEquals(sorted, all.subList(w * 10, w * 10 + 10));
    }
  }

  @Test
  void epochsDiffer() {
    assertNotEquals(epoch(EpochOrder.windows(10), 100, 3), epoch(EpochOrder.windows(10), 100, 4));
    long first = epoch(EpochOrder.windows(10), 100, 3).stream().limit(10).min(Long::compare).orElseThrow();
    boolean moved = false;
    for (long key = 4; key < 10; key++) {
      long other = epoch(EpochOrder.windows(10), 100, key).stream().limit(10).min(Long::compare).orElseThrow();
      moved |= (other - first) % 10 != 0;
    }
    assertTrue(moved, "windows always begin at the same samples");
  }
}
