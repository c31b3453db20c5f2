package io.llama3v.vision.image;

/**
 * A picture ready for a vision tower.
 *
 * @param pixels    {@code [maxTiles, 3, S, S]} row-major
 * @param placement arrangement of the tiles and size of the picture on them
 */
public record TiledImage(float[] pixels, Placement placement) {

  /** Id of the arrangement, from 1. */
  public int aspectRatioId() {
    return placement.aspectRatioId();
  }

  /** Number of tiles that hold the picture; the rest are zeros. */
  public int tiles() {
    return placement.tiles();
  }
}
