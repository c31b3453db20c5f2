package io.llama3v.vision;

import io.llama3v.tensor.CounterRandom;
import io.llama3v.tensor.Init;
import io.llama3v.vision.image.AspectRatio;
import java.util.List;

/**
 * Layout of the tables that have one row per arrangement of tiles: {@code [1 + ratios, maxTiles, perTile]}. Row i belongs to
 * arrangement i − 1 and holds its tiles row by row, then zeros; row 0 belongs to absent images and starts as zeros. This is Hugging
 * Face's form of Meta's single grid {@code [maxTiles, maxTiles, perTile]}, which every arrangement reads from its top left corner.
 *
 * @param ratios arrangements
 * @param maxTiles tiles of a row
 * @param perTile values of one tile
 */
public record TileTable(List<AspectRatio> ratios, int maxTiles, long perTile) {
  long rows() {
    return 1L + ratios.size();
  }

  long width() {
    return Math.multiplyExact(maxTiles, perTile);
  }

  /** Normal values which arrangements share where Meta's grid shares them. */
  Init normal(double deviation) {
    return new Init() {
      @Override
      public float value(CounterRandom random, long index) {
        long cell = gridCell(index / perTile);
        return cell < 0 ? 0 : (float) (deviation * random.normal(cell * perTile + index % perTile));
      }
    };
  }

  /** The cell of Meta's grid that belongs to a tile of the table, counted from 0 over all rows; −1 if none does. */
  public long gridCell(long slot) {
    int row = (int) (slot / maxTiles);
    int tile = (int) (slot % maxTiles);
    if (row == 0 || tile >= ratios.get(row - 1).tiles() || ratios.get(row - 1).tiles() > maxTiles) return -1;
    int wide = ratios.get(row - 1).tilesWide();
    return (long) (tile / wide) * maxTiles + tile % wide;
  }

  /** Fills a table from Meta's grid. */
  float[] fromGrid(float[] grid) {
    float[] table = new float[Math.toIntExact(Math.multiplyExact(rows(), width()))];
    for (int slot = 0; slot < rows() * maxTiles; slot++) {
      long cell = gridCell(slot);
      if (cell >= 0) System.arraycopy(grid, (int) (cell * perTile), table, (int) (slot * perTile), (int) perTile);
    }
    return table;
  }
}
