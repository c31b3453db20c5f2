package io.llama3v.vision.image;

/** An arrangement of tiles: rows by columns. */
public record AspectRatio(int tilesHigh, int tilesWide) {

  /** Number of tiles. */
  public int tiles() {
    return tilesHigh * tilesWide;
  }
}
