package io.llama3v.vision.image;

import java.util.List;

/**
 * Pictures of several rows, padded to the same number of pictures each, as the tiled vision tower takes them. An absent picture has
 * zero pixels and aspect-ratio id 0, and counts its first tile, as the reference does.
 *
 * @param images pictures a row, n
 * @param pixels [rows, n, maxTiles, 3, S, S]
 * @param aspectRatioIds [rows][n]
 * @param tileCounts [rows][n]
 */
public record TiledBatch(int images, float[] pixels, int[][] aspectRatioIds, int[][] tileCounts) {
  /**
   * Packs pictures.
   *
   * @param rows the pictures of each row; a row may have none, the batch must have at least one
   */
  public static TiledBatch of(List<List<TiledImage>> rows, MllamaTransform transform) {
    int most = rows.stream().mapToInt(List::size).max().orElse(0);
    if (most == 0) throw new IllegalArgumentException("a batch without a single image has no pixels; run the language model alone");
    float[] pixels = new float[Math.multiplyExact(Math.multiplyExact(rows.size(), most), transform.floats())];
    int[][] ids = new int[rows.size()][most];
    int[][] counts = new int[rows.size()][most];
    for (int r = 0; r < rows.size(); r++) {
      for (int i = 0; i < most; i++) {
        counts[r][i] = 1;
        if (i >= rows.get(r).size()) continue;
        TiledImage image = rows.get(r).get(i);
        System.arraycopy(image.pixels(), 0, pixels, (r * most + i) * transform.floats(), transform.floats());
        ids[r][i] = image.aspectRatioId();
        counts[r][i] = image.tiles();
      }
    }
    return new TiledBatch(most, pixels, ids, counts);
  }
}
