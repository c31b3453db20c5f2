package io.llama3v.vision;

import java.util.Arrays;
import java.util.Objects;

/**
 * Resizing of position-embedding tables, written as explicit linear maps.
 *
 * <p>Every resizer is separable and linear: {@code out[y, x] = sum_{i, j} W[y, i] * W[x, j] * in[i, j]} with one small matrix
 * {@code W [new, old]} per axis ({@link #axisWeights}). A trainable table can therefore be resized inside a graph by one constant
 * matrix product with {@link #gridMatrix}, whose transpose is the backward pass; a table that is only loaded goes through
 * {@link #resizeTable} and its siblings. Source coordinates are rounded to float as PyTorch rounds them, which on a grid of 16
 * moves the result by more than all later rounding does; weights and sums are double.
 *
 * <p>Tables are row-major; {@code width} is the embedding width; a local table is {@code [1 + grid * grid, width]} with the class
 * row first, a global one {@code [tilesHigh, tilesWide, 1 + grid * grid, width]}.
 */
public final class PositionInterpolation {
  private PositionInterpolation() {
  }

  /**
   * Weights of one axis, {@code [newSize, oldSize]} row-major; every row sums to 1.
   *
   * @throws IllegalArgumentException if a size is not positive
   */
  public static double[] axisWeights(Interpolation kind, int oldSize, int newSize) {
    Objects.requireNonNull(kind, "kind");
    if (oldSize < 1 || newSize < 1) {
      throw new IllegalArgumentException("grid sizes must be positive, got " + oldSize + " to " + newSize);
    }
    double[] weights = new double[Math.multiplyExact(newSize, oldSize)];
    for (int row = 0; row < newSize; row++) {
      switch (kind) {
        case OPEN_CLIP -> antialiasedCubic(weights, row, oldSize, newSize);
        case HUGGING_FACE -> plainCubic(weights, row, oldSize, newSize);
        case META -> alignedLinear(weights, row, oldSize, newSize);
      }
    }
    return weights;
  }

  /** The whole map of a square grid, {@code [newGrid * newGrid, oldGrid * oldGrid]} row-major (the class row is not part of it). */
  public static float[] gridMatrix(Interpolation kind, int oldGrid, int newGrid) {
    double[] axis = axisWeights(kind, oldGrid, newGrid);
    int columns = Math.multiplyExact(oldGrid, oldGrid);
    float[] matrix = new float[Math.multiplyExact(Math.multiplyExact(newGrid, newGrid), columns)];
    int at = 0;
    for (int y = 0; y < newGrid; y++) {
      for (int x = 0; x < newGrid; x++) {
        for (int i = 0; i < oldGrid; i++) {
          for (int j = 0; j < oldGrid; j++) {
            matrix[at++] = (float) (axis[y * oldGrid + i] * axis[x * oldGrid + j]);
          }
        }
      }
    }
    return matrix;
  }

  /**
   * Resizes a local table {@code [1 + oldGrid^2, width]} to {@code [1 + newGrid^2, width]}; the class row is copied bit for bit.
   *
   * @throws IllegalArgumentException if the table's length does not fit the grid and width
   */
  public static float[] resizeTable(Interpolation kind, float[] table, int oldGrid, int newGrid, int width) {
    requireLength("position table", table, rows(oldGrid), width);
    if (oldGrid == newGrid) {
      return table.clone();
    }
    float[] patches = resizePlane(kind, Arrays.copyOfRange(table, width, table.length), oldGrid, oldGrid, newGrid, newGrid, width);
    float[] out = Arrays.copyOf(table, Math.multiplyExact(rows(newGrid), width));
    System.arraycopy(patches, 0, out, width, patches.length);
    return out;
  }

  /**
   * Meta's first global table: the local grid is stretched over the whole canvas of {@code tilesHigh x tilesWide} tiles and cut
   * into tiles; each tile repeats the local class row.
   *
   * @return {@code [tilesHigh, tilesWide, 1 + grid^2, width]}
   */
  public static float[] globalFromLocal(float[] local, int grid, int tilesHigh, int tilesWide, int width) {
    requireLength("local position table", local, rows(grid), width);
    float[] patches = Arrays.copyOfRange(local, width, local.length);
    float[] canvas = resizePlane(Interpolation.META, patches, grid, grid, tilesHigh * grid, tilesWide * grid, width);
    float[] classes = new float[Math.multiplyExact(tilesHigh * tilesWide, width)];
    for (int tile = 0; tile < tilesHigh * tilesWide; tile++) {
      System.arraycopy(local, 0, classes, tile * width, width);
    }
    return joinTiles(classes, canvas, tilesHigh, tilesWide, grid, width);
  }

  /**
   * Meta's resizing of a global table: the tiles' patches are laid out as one canvas and resized together, the class rows are
   * resized as a {@code tilesHigh x tilesWide} grid of their own.
   *
   * @return {@code [newHigh, newWide, 1 + newGrid^2, width]}
   */
  public static float[] resizeGlobal(float[] table, int oldHigh, int oldWide, int oldGrid,
                   int newHigh, int newWide, int newGrid, int width) {
    requireLength("global position table", table, Math.multiplyExact(oldHigh * oldWide, rows(oldGrid)), width);
    float[] classes = new float[oldHigh * oldWide * width];
    float[] canvas = new float[Math.multiplyExact(oldHigh * oldWide * oldGrid * oldGrid, width)];
    for (int tile = 0; tile < oldHigh * oldWide; tile++) {
      int from = tile * rows(oldGrid) * width;
      System.arraycopy(table, from, classes, tile * width, width);
      for (int y = 0; y < oldGrid; y++) {
        int to = canvasRow(tile, y, oldWide, oldGrid) * width;
        System.arraycopy(table, from + (1 + y * oldGrid) * width, canvas, to, oldGrid * width);
      }
    }
    float[] newCanvas = resizePlane(Interpolation.META, canvas, oldHigh * oldGrid, oldWide * oldGrid,
        newHigh * newGrid, newWide * newGrid, width);
    float[] newClasses = resizePlane(Interpolation.META, classes, oldHigh, oldWide, newHigh, newWide, width);
    return joinTiles(newClasses, newCanvas, newHigh, newWide, newGrid, width);
  }

  /**
   * Meta's resizing of a grid of tile embeddings {@code [oldHigh, oldWide, width]} for more or fewer tiles.
   *
   * @return {@code [newHigh, newWide, width]}
   */
  public static float[] resizeTiles(float[] table, int oldHigh, int oldWide, int newHigh, int newWide, int width) {
    requireLength("tile embedding", table, Math.multiplyExact(oldHigh, oldWide), width);
    return resizePlane(Interpolation.META, table, oldHigh, oldWide, newHigh, newWide, width);
  }

  /** Resizes a plane {@code [oldHeight, oldWidth, channels]} to {@code [newHeight, newWidth, channels]}. */
  public static float[] resizePlane(Interpolation kind, float[] plane, int oldHeight, int oldWidth,
                   int newHeight, int newWidth, int channels) {
    requireLength("plane", plane, Math.multiplyExact(oldHeight, oldWidth), channels);
    double[] down = axisWeights(kind, oldHeight, newHeight);
    double[] across = axisWeights(kind, oldWidth, newWidth);
    double[] rows = new double[Math.multiplyExact(Math.multiplyExact(oldHeight, newWidth), channels)];
    for (int y = 0; y < oldHeight; y++) {
      for (int x = 0; x < newWidth; x++) {
        int to = (y * newWidth + x) * channels;
        for (int j = 0; j < oldWidth; j++) {
          double weight = across[x * oldWidth + j];
          int from = (y * oldWidth + j) * channels;
          for (int c = 0; weight != 0 && c < channels; c++) {
            rows[to + c] += weight * plane[from + c];
          }
        }
      }
    }
    float[] out = new float[Math.multiplyExact(Math.multiplyExact(newHeight, newWidth), channels)];
    double[] sum = new double[newWidth * channels];
    for (int y = 0; y < newHeight; y++) {
      Arrays.fill(sum, 0);
      for (int i = 0; i < oldHeight; i++) {
        double weight = down[y * oldHeight + i];
        for (int k = 0; weight != 0 && k < sum.length; k++) {
          sum[k] += weight * rows[i * sum.length + k];
        }
      }
      for (int k = 0; k < sum.length; k++) {
        out[y * sum.length + k] = (float) sum[k];
      }
    }
    return out;
  }

  /** Support 2 in source cells, widened by the shrink factor; cells outside the grid are left out and the rest renormalised. */
  private static void antialiasedCubic(double[] weights, int row, int oldSize, int newSize) {
    float scale = (float) oldSize / newSize;
    float stretch = Math.max(scale, 1);
    float centre = (float) (scale * (row + 0.5));
    int first = Math.max((int) (centre - 2 * stretch + 0.5), 0);
    int end = Math.min((int) (centre + 2 * stretch + 0.5), oldSize);
    double total = 0;
    for (int j = first; j < end; j++) {
      total += weights[row * oldSize + j] = cubic((float) ((j - centre + 0.5) / stretch), -0.5);
    }
    for (int j = first; j < end; j++) {
      weights[row * oldSize + j] /= total;
    }
  }

  /** Four taps around the source point; taps outside the grid fall on its edge cell. */
  private static void plainCubic(double[] weights, int row, int oldSize, int newSize) {
    float scale = (float) oldSize / newSize;
    // one rounding, as in PyTorch's builds for processors with fused multiply-add
    float source = Math.fma(scale, row + 0.5f, -0.5f);
    int base = (int) Math.floor(source);
    float fraction = source - base;
    for (int tap = -1; tap <= 2; tap++) {
      int cell = Math.min(Math.max(base + tap, 0), oldSize - 1);
      weights[row * oldSize + cell] += cubic(fraction - tap, -0.75);
    }
  }

  private static void alignedLinear(double[] weights, int row, int oldSize, int newSize) {
    float scale = newSize == 1 ? 0 : (float) (oldSize - 1) / (newSize - 1);
    float source = scale * row;
    int base = Math.min((int) source, oldSize - 1);
    float fraction = source - base;
    weights[row * oldSize + base] += 1 - fraction;
    weights[row * oldSize + Math.min(base + 1, oldSize - 1)] += fraction;
  }

  /** The cubic convolution kernel (Keys 1981) with free parameter a. */
  private static double cubic(double distance, double a) {
    double x = Math.abs(distance);
    if (x < 1) {
      return ((a + 2) * x - (a + 3)) * x * x + 1;
    }
    return x < 2 ? ((x - 5) * x + 8) * x * a - 4 * a : 0;
  }

  private static float[] joinTiles(float[] classes, float[] canvas, int high, int wide, int grid, int width) {
    float[] out = new float[Math.multiplyExact(high * wide * rows(grid), width)];
    for (int tile = 0; tile < high * wide; tile++) {
      int to = tile * rows(grid) * width;
      System.arraycopy(classes, tile * width, out, to, width);
      for (int y = 0; y < grid; y++) {
        int from = canvasRow(tile, y, wide, grid) * width;
        System.arraycopy(canvas, from, out, to + (1 + y * grid) * width, grid * width);
      }
    }
    return out;
  }

  /** Index of the first cell of row y of a tile on the canvas of all tiles. */
  private static int canvasRow(int tile, int y, int wide, int grid) {
    return ((tile / wide * grid + y) * wide + tile % wide) * grid;
  }

  private static int rows(int grid) {
    return Math.addExact(Math.multiplyExact(grid, grid), 1);
  }

  private static void requireLength(String what, float[] values, int rows, int width) {
    if (rows < 1 || width < 1 || values.length != (long) rows * width) {
      throw new IllegalArgumentException(
          what + " has " + values.length + " values, expected " + rows + " rows of " + width);
    }
  }
}
