package io.llama3v.vision.image;

import io.llama3v.image.RgbImage;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * Pictures of several samples, padded to the same number of pictures each, as the tiled vision tower takes them. An absent picture
 * has zero pixels, aspect ratio id 0, and only its first tile in the mask.
 *
 * @param pixels            {@code [samples, images, maxTiles, 3, S, S]}
 * @param aspectRatioIds    {@code [samples, images]}
 * @param aspectRatioMask   {@code [samples, images, maxTiles]} of 0 and 1
 * @param tiles             number of tiles of each picture, {@code [samples, images]}, 0 where absent
 */
public record ImageBatch(int samples, int images, float[] pixels, long[] aspectRatioIds, long[] aspectRatioMask, int[] tiles) {

  /**
   * Transforms and packs pictures.
   *
   * @param samples the pictures of each sample; a sample may have none, the batch must have at least one
   */
  public static ImageBatch of(MllamaTransform transform, List<List<RgbImage>> samples) {
    int images = samples.stream().mapToInt(List::size).max().orElse(0);
    if (images == 0) {
      throw new IllegalArgumentException("a batch without a single image has no pixels; run the language model alone");
    }
    int maxTiles = transform.layout().maxTiles();
    int cells = Math.multiplyExact(samples.size(), images);
    float[] pixels = new float[Math.multiplyExact(cells, transform.floats())];
    long[] ids = new long[cells];
    long[] mask = new long[Math.multiplyExact(cells, maxTiles)];
    int[] tiles = new int[cells];
    for (int cell = 0; cell < cells; cell++) {
      List<RgbImage> sample = samples.get(cell / images);
      if (cell % images < sample.size()) {
        Placement placement = transform.write(sample.get(cell % images), FloatBuffer.wrap(pixels), cell * transform.floats());
        ids[cell] = placement.aspectRatioId();
        tiles[cell] = placement.tiles();
      }
      int[] present = transform.layout().aspectRatioMask((int) ids[cell]);
      for (int tile = 0; tile < maxTiles; tile++) {
        mask[cell * maxTiles + tile] = present[tile];
      }
    }
    return new ImageBatch(samples.size(), images, pixels, ids, mask, tiles);
  }
}
