package io.llama3v.vision.image;

/**
 * Where a picture goes on its canvas of tiles: it is resized to {@code resizedHeight x resizedWidth}, put into the canvas' top left
 * corner, and the canvas is cut into tiles, row by row.
 *
 * @param aspectRatioId index of the arrangement among the supported ones, from 1; 0 stands for an absent image
 * @param aspectRatio   the arrangement
 */
public record Placement(int aspectRatioId, AspectRatio aspectRatio, int tileSize, int resizedHeight, int resizedWidth) {

  /** Number of tiles that the picture fills. */
  public int tiles() {
    return aspectRatio.tiles();
  }

  /** Height of the canvas in pixels. */
  public int canvasHeight() {
    return aspectRatio.tilesHigh() * tileSize;
  }

  /** Width of the canvas in pixels. */
  public int canvasWidth() {
    return aspectRatio.tilesWide() * tileSize;
  }
}
