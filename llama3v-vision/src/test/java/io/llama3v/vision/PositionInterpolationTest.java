package io.llama3v.vision;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PositionInterpolationTest {
  @ParameterizedTest
  @EnumSource(Interpolation.class)
  void weightsSumToOneAndTheSameSizeIsTheIdentity(Interpolation kind) {
    for (int[] sizes : new int[][] {{16, 24}, {24, 16}, {40, 7}, {3, 1}, {1, 5}, {2, 2}, {9, 9}}) {
      double[] weights = PositionInterpolation.axisWeights(kind, sizes[0], sizes[1]);
      for (int row = 0; row < sizes[1]; row++) {
        double sum = 0;
        for (int j = 0; j < sizes[0]; j++) {
          double weight = weights[row * sizes[0] + j];
          sum += weight;
          if (sizes[0] == sizes[1]) {
            assertEquals(row == j ? 1 : 0, weight, 1e-6);
          }
        }
        assertEquals(1, sum, 1e-6, kind + " " + Arrays.toString(sizes));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Interpolation.class)
  void theMatrixIsTheSameMapAsTheTable(Interpolation kind) {
    int oldGrid = 5;
    int newGrid = 7;
    int width = 3;
    float[] table = new float[(1 + oldGrid * oldGrid) * width];
    for (int i = 0; i < table.length; i++) {
      table[i] = (float) Math.sin(i * 1.7);
    }
    float[] resized = PositionInterpolation.resizeTable(kind, table, oldGrid, newGrid, width);
    float[] matrix = PositionInterpolation.gridMatrix(kind, oldGrid, newGrid);
    for (int c = 0; c < width; c++) {
      assertEquals(table[c], resized[c]);
      for (int row = 0; row < newGrid * newGrid; row++) {
        double sum = 0;
        for (int j = 0; j < oldGrid * oldGrid; j++) {
          sum += (double) matrix[row * oldGrid * oldGrid + j] * table[(1 + j) * width + c];
        }
        assertEquals(sum, resized[(1 + row) * width + c], 1e-6);
      }
    }
  }

  @Test
  void metaKeepsTheCorners() {
    float[] table = {9, 1, 2, 3, 4};
    float[] resized = PositionInterpolation.resizeTable(Interpolation.META, table, 2, 3, 1);
    assertArrayEquals(new float[] {9, 1, 1.5f, 2, 2, 2.5f, 3, 3, 3.5f, 4}, resized);
  }

  @Test
  void tilesOfAGlobalTableAreCutFromOneCanvas() {
    float[] global = PositionInterpolation.globalFromLocal(new float[] {9, 0, 3, 6, 9}, 2, 2, 2, 1);
    assertArrayEquals(new float[] {9, 0, 1, 2, 3, 9, 2, 3, 4, 5, 9, 4, 5, 6, 7, 9, 6, 7, 8, 9}, global, 1e-6f);
    assertArrayEquals(global, PositionInterpolation.resizeGlobal(global, 2, 2, 2, 2, 2, 2, 1), 1e-6f);
  }

  @Test
  void aTableOfAnotherSizeIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> PositionInterpolation.resizeTable(Interpolation.META, new float[9], 2, 3, 2));
    assertThrows(IllegalArgumentException.class, () -> PositionInterpolation.axisWeights(Interpolation.META, 0, 3));
  }
}
