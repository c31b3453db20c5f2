package io.llama3v.adapter;

import java.util.Arrays;

/**
 * The images of a batch, tiled, on the host. Rows with fewer images than others are filled up with padding images: zeros, with
 * aspect-ratio id 0.
 *
 * @param rows B
 * @param images images a row, n
 * @param tiles tiles an image, T
 * @param size side of a tile in pixels, S
 * @param pixels [B, n, T, 3, S, S], normalised; absent tiles are zero
 * @param aspectRatioIds [B, n], 0 for a padding image
 * @param tileCounts real tiles of each image [B, n]; a padding image counts one (its first)
 * @param seen [B, L, n, T]: 1 where a token of the text sees a tile
 */
public record ImageBatch(int rows, int images, int tiles, int size, float[] pixels, int[][] aspectRatioIds, int[][] tileCounts,
    float[] seen) {
  /** Checks the sizes. */
  public ImageBatch {
    long expected = (long) rows * images * tiles * 3 * size * size;
    if (pixels.length != expected || aspectRatioIds.length != rows || tileCounts.length != rows
        || seen.length % Math.max(1, rows * images * tiles) != 0) {
      throw new IllegalArgumentException("an image batch of " + rows + " x " + images + " images of " + tiles + " tiles of " + size
          + " pixels needs " + expected + " values; there are " + pixels.length + ", with " + aspectRatioIds.length
          + " rows of aspect ratios and a mask of " + seen.length);
    }
  }

  /** Tokens of the text, L. */
  public int length() {
    return seen.length / (rows * images * tiles);
  }

  /** The same images beside a text that goes on: further tokens see what the last one sees. */
  public ImageBatch continued(int length) {
    int width = images * tiles;
    int before = length();
    float[] longer = new float[rows * length * width];
    for (int b = 0; b < rows; b++) {
      for (int t = 0; t < length; t++) {
        System.arraycopy(seen, (b * before + Math.min(t, before - 1)) * width, longer, (b * length + t) * width, width);
      }
    }
    return new ImageBatch(rows, images, tiles, size, pixels, aspectRatioIds, tileCounts, longer);
  }

  /** What tokens after the last one see: the mask's last row, [B, 1, n, T]. */
  public float[] seenByLast() {
    int width = images * tiles;
    float[] last = new float[rows * width];
    for (int b = 0; b < rows; b++) {
      System.arraycopy(seen, ((b + 1) * length() - 1) * width, last, b * width, width);
    }
    return last;
  }

  /** 1 for real tiles and 0 for absent ones, [B·n, T]. */
  public float[] tileMask() {
    float[] mask = new float[rows * images * tiles];
    for (int i = 0; i < rows * images; i++) {
      Arrays.fill(mask, i * tiles, i * tiles + tileCounts[i / images][i % images], 1);
    }
    return mask;
  }

  /** How many images there are, without padding. */
  public int count() {
    int count = 0;
    for (int[] row : aspectRatioIds) for (int id : row) count += id > 0 ? 1 : 0;
    return count;
  }
}
