package io.llama3v.backend.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Blocks must never overlap, and what is freed must come back whole. */
final class HostPoolTest {
  @Test
  void blocksInUseNeverOverlapAndFreedNeighboursJoin() {
    HostPool pool = new HostPool();
    SplittableRandom random = new SplittableRandom(5);
    List<HostPool.Block> used = new ArrayList<>();
    TreeMap<Long, Long> ends = new TreeMap<>();
    for (int i = 0; i < 20_000; i++) {
      if (used.isEmpty() || random.nextInt(100) < 52) {
        long bytes = random.nextInt(3) == 0 ? random.nextInt(200) : random.nextLong(1, 2_000_000);
        HostPool.Block block = pool.take(bytes);
        assertTrue(block.bytes() >= bytes && block.address() % 64 == 0);
        Map.Entry<Long, Long> before = ends.lowerEntry(block.address() + block.bytes());
        assertTrue(before == null || before.getValue() <= block.address(), "two blocks share memory");
        ends.put(block.address(), block.address() + block.bytes());
        used.add(block);
      } else {
        HostPool.Block block = used.remove(random.nextInt(used.size()));
        ends.remove(block.address());
        pool.give(block);
      }
      if (i % 997 == 0) assertEquals(used.stream().mapToLong(HostPool.Block::bytes).sum(), pool.live());
    }
    used.forEach(pool::give);
    assertEquals(0, pool.live());
    pool.trim();
    assertEquals(0, pool.cached(), "a segment without blocks in use was not one free block");
  }

  @Test
  void aStepThatRepeatsFindsItsMemoryAgain() {
    HostPool pool = new HostPool();
    long after = 0;
    for (int step = 0; step < 5; step++) {
      List<HostPool.Block> used = new ArrayList<>();
      for (int i = 1; i <= 60; i++) used.add(pool.take(i * 1_000_003L));
      used.forEach(pool::give);
      if (step == 0) after = pool.cached();
      assertEquals(after, pool.cached());
    }
    assertTrue(after < pool.peak() + (256L << 20) * 2, "held far more than was ever in use: " + after);
    pool.trim();
  }

  @Test
  void aBlockLargerThanASegmentHasOneOfItsOwn() {
    HostPool pool = new HostPool();
    HostPool.Block large = pool.take((256L << 20) + 1);
    assertTrue(large.bytes() > 256L << 20);
    pool.give(large);
    pool.trim();
    assertEquals(0, pool.cached());
  }

  @Test
  void aClosedPoolReturnsWhatIsStillInUseWhenThatIsGivenBack() {
    HostPool pool = new HostPool();
    HostPool.Block late = pool.take(1000);
    pool.close();
    assertThrows(IllegalStateException.class, () -> pool.take(10));
    pool.give(late);
    assertEquals(0, pool.live());
    assertEquals(0, pool.cached(), "the segment was kept for nobody");
  }
}
