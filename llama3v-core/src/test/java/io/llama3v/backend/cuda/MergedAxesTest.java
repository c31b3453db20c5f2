package io.llama3v.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** Which axes are walked through as one. */
class MergedAxesTest {
  private static void check(MergedAxes axes, long[] sizes, long[]... strides) {
    assertArrayEquals(sizes, axes.sizes());
    assertEquals(strides.length, axes.strides().length);
    for (int i = 0; i < strides.length; i++) assertArrayEquals(strides[i], axes.strides()[i]);
  }

  @Test
  void equalShapesAreOneAxis() {
    check(MergedAxes.broadcast(new long[] {2, 3, 4}, new long[] {2, 3, 4}, new long[] {2, 3, 4}), new long[] {24}, new long[] {1},
        new long[] {1});
  }

  @Test
  void aRowStretchedOverRows() {
    check(MergedAxes.broadcast(new long[] {2, 3, 4}, new long[] {2, 3, 4}, new long[] {4}), new long[] {6, 4}, new long[] {4, 1},
        new long[] {0, 1});
  }

  @Test
  void aColumnStretchedOverColumns() {
    check(MergedAxes.broadcast(new long[] {2, 3, 4}, new long[] {2, 3, 1}), new long[] {6, 4}, new long[] {1, 0});
  }

  @Test
  void aScalarHasNoStride() {
    check(MergedAxes.broadcast(new long[] {5, 7}, new long[] {}), new long[] {35}, new long[] {0});
  }

  @Test
  void alternatingAxesStayApart() {
    check(MergedAxes.broadcast(new long[] {2, 3, 4, 5}, new long[] {3, 1, 5}), new long[] {2, 3, 4, 5}, new long[] {0, 5, 0, 1});
  }

  @Test
  void axesOfOneVanish() {
    check(MergedAxes.broadcast(new long[] {1, 1}, new long[] {1, 1}), new long[] {1}, new long[] {0});
    check(MergedAxes.permuted(new long[] {2, 1, 3, 1, 4}, new int[] {3, 4, 0, 2, 1}), new long[] {4, 6}, new long[] {1, 4});
  }

  @Test
  void headsChangePlacesWithTokens() {
    check(MergedAxes.permuted(new long[] {4, 33, 6, 17}, new int[] {0, 2, 1, 3}), new long[] {4, 6, 33, 17},
        new long[] {33 * 6 * 17, 17, 6 * 17, 1});
  }

  @Test
  void moreAxesThanTheKernelsHaveRoomFor() {
    long[] shape = {2, 2, 2, 2, 2, 2, 2, 2, 2, 2};
    long[] every = {2, 1, 2, 1, 2, 1, 2, 1, 2, 1};
    assertThrows(IllegalArgumentException.class, () -> MergedAxes.broadcast(shape, every).struct());
  }
}
