package io.llama3v.adapter;

import io.llama3v.vision.TileTable;
import io.llama3v.vision.VisionConfig;
import io.llama3v.vision.image.AspectRatio;
import java.util.List;

/**
 * Meta's tables of tile embeddings, one grid {@code [maxTiles, maxTiles, perTile]} that every arrangement of tiles reads from its top
 * left corner, and Hugging Face's, {@code [1 + ratios, maxTiles, perTile]}: one row an arrangement, its tiles row by row, then zeros;
 * row 0, for absent images, is all zeros.
 *
 * @param ratios arrangements in the order of their ids, which begin with 1
 * @param maxTiles tiles of a row, and sides of the grid
 */
public record MetaTileGrid(List<AspectRatio> ratios, int maxTiles) {
  /** The grid of a vision tower. */
  public static MetaTileGrid of(VisionConfig config) {
    return new MetaTileGrid(config.aspectRatios(), config.maxTiles());
  }

  /**
   * Meta's grid as Hugging Face's table.
   *
   * @throws IllegalArgumentException if {@code grid} does not divide into maxTiles² cells
   */
  public float[] toTable(float[] grid) {
    int cells = maxTiles * maxTiles;
    if (grid.length == 0 || grid.length % cells != 0) {
      throw new IllegalArgumentException("a table of tile embeddings with " + grid.length + " values; expected a multiple of " + maxTiles
          + " x " + maxTiles);
    }
    int perTile = grid.length / cells;
    float[] table = new float[Math.multiplyExact((1 + ratios.size()) * maxTiles, perTile)];
    for (int slot = 0; slot < (1 + ratios.size()) * maxTiles; slot++) {
      int cell = cell(slot);
      if (cell >= 0) System.arraycopy(grid, cell * perTile, table, slot * perTile, perTile);
    }
    return table;
  }

  /** The gradient of Meta's grid, given that of Hugging Face's table: the sum over the arrangements that share a cell. */
  public float[] sumToGrid(float[] tableGradient) {
    int perTile = tableGradient.length / ((1 + ratios.size()) * maxTiles);
    float[] grid = new float[maxTiles * maxTiles * perTile];
    for (int slot = 0; slot < (1 + ratios.size()) * maxTiles; slot++) {
      int cell = cell(slot);
      for (int i = 0; cell >= 0 && i < perTile; i++) grid[cell * perTile + i] += tableGradient[slot * perTile + i];
    }
    return grid;
  }

  private int cell(int slot) {
    return (int) new TileTable(ratios, maxTiles, 1).gridCell(slot);
  }
}
