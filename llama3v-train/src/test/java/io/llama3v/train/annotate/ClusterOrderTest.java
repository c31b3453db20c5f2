package io.llama3v.train.annotate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClusterOrderTest {
  /** 90 pictures of one kind, 9 of another, 3 of a third. */
  private static final int[] CLUSTERS = IntStream.range(0, 102).map(i -> i < 90 ? 0 : i < 99 ? 7 : 4).toArray();

  @Test
  void everyClusterAsOftenAsTheOthersUntilItIsUsedUp() {
    int[] order = ClusterOrder.of(CLUSTERS, 3);
    assertArrayEquals(IntStream.range(0, 102).toArray(), Arrays.stream(order).sorted().toArray(), "every picture once");
    for (int round = 0; round < 3; round++) {
      assertEquals(3, Arrays.stream(order, 3 * round, 3 * round + 3).map(p -> CLUSTERS[p]).distinct().count(), "round " + round);
    }
    for (int at = 9; at < 21; at += 2) assertEquals(2, Arrays.stream(order, at, at + 2).map(p -> CLUSTERS[p]).distinct().count());
    assertTrue(Arrays.stream(order, 21, 102).allMatch(p -> CLUSTERS[p] == 0), "what is left of the largest");
  }

  @Test
  void theSeedDecides() {
    assertArrayEquals(ClusterOrder.of(CLUSTERS, 3), ClusterOrder.of(CLUSTERS, 3));
    assertFalse(Arrays.equals(ClusterOrder.of(CLUSTERS, 3), ClusterOrder.of(CLUSTERS, 4)));
    assertEquals(0, ClusterOrder.of(new int[0], 1).length);
  }

  @Test
  void neighboursByCosineNearestFirst() {
    List<Picture> pool = List.of(at(0, 0), at(1, 50), at(2, 20), at(3, 340), at(4, 180), at(5, 10));
    // 20 and 340 degrees are equally far from 0: the first in the pool comes first.
    assertEquals(List.of(5, 2, 3, 1, 4), Neighbours.of(pool, 0, 9, p -> true));
    assertEquals(List.of(2, 3), Neighbours.of(pool, 0, 2, p -> p != 5));
    assertEquals(List.of(), Neighbours.of(List.of(new Picture(0, "a", "", 0, null)), 0, 3, p -> true));
    assertEquals(Set.of(0, 2), Set.copyOf(Neighbours.of(pool, 5, 2, p -> true)));
  }

  private static Picture at(int id, int degrees) {
    // In double exact mirror images differ in the last bit of the sine alone, which the dot product with (1, 0) does not see.
    float x = (float) Math.round(1e6 * Math.cos(Math.toRadians(degrees))) / 1e6f;
    return new Picture(id, "p" + id, "", 0, new float[] {x, (float) Math.sin(Math.toRadians(degrees))});
  }
}
