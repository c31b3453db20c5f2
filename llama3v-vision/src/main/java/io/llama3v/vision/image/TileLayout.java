package io.llama3v.vision.image;

import java.util.ArrayList;
import java.util.List;

/**
 * The arrangement of tiles that suits a picture best (Mllama's rule).
 *
 * <p>For every supported arrangement the largest scale at which the picture fits without distortion is
 * {@code min(tilesHigh * S / height, tilesWide * S / width)}. The smallest scale that is at least 1 wins; if there is none, the
 * largest; among equals the arrangement with the fewest tiles, then the first. A picture is enlarged only until it reaches one tile.
 */
public final class TileLayout {
  /** More tiles than any model uses; the bound keeps a broken configuration from filling memory. */
  private static final int MOST_TILES = 1024;

  private final int tileSize;
  private final int maxTiles;
  private final List<AspectRatio> supported;

  /**
   * @param tileSize side S of a tile in pixels
   * @param maxTiles most tiles of one picture
   * @throws IllegalArgumentException if either is not positive or maxTiles exceeds 1024
   */
  public TileLayout(int tileSize, int maxTiles) {
    if (tileSize < 1 || maxTiles < 1 || maxTiles > MOST_TILES || (long) tileSize * tileSize * 3 * maxTiles > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException("cannot lay out up to " + maxTiles + " tiles of " + tileSize + " pixels a side");
    }
    this.tileSize = tileSize;
    this.maxTiles = maxTiles;
    List<AspectRatio> ratios = new ArrayList<>();
    for (int high = 1; high <= maxTiles; high++) {
      for (int wide = 1; high * wide <= maxTiles; wide++) {
        ratios.add(new AspectRatio(high, wide));
      }
    }
    supported = List.copyOf(ratios);
  }

  /** Side of a tile in pixels. */
  public int tileSize() {
    return tileSize;
  }

  /** Most tiles of one picture. */
  public int maxTiles() {
    return maxTiles;
  }

  /** All arrangements, in the order of their ids: the one at index i has id i + 1. */
  public List<AspectRatio> supported() {
    return supported;
  }

  /**
   * Chooses canvas and size for a picture.
   *
   * <p>As in the reference, the shorter side of a very narrow picture can come out as 0; the transform then keeps one pixel.
   */
  public Placement place(int height, int width) {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException("an image of " + width + "x" + height + " pixels is empty");
    }
    int best = 0;
    double bestScale = scale(0, height, width);
    for (int i = 1; i < supported.size(); i++) {
      double scale = scale(i, height, width);
      boolean better = bestScale >= 1 ? scale >= 1 && scale < bestScale : scale > bestScale;
      if (better || scale == bestScale && supported.get(i).tiles() < supported.get(best).tiles()) {
        best = i;
        bestScale = scale;
      }
    }
    AspectRatio chosen = supported.get(best);
    int limitHeight = Math.min(Math.max(height, tileSize), chosen.tilesHigh() * tileSize);
    int limitWidth = Math.min(Math.max(width, tileSize), chosen.tilesWide() * tileSize);
    double scaleHeight = (double) limitHeight / height;
    double scaleWidth = (double) limitWidth / width;
    int newHeight = limitHeight;
    int newWidth = limitWidth;
    if (scaleWidth < scaleHeight) {
      newHeight = Math.min((int) Math.floor(height * scaleWidth), limitHeight);
    } else {
      newWidth = Math.min((int) Math.floor(width * scaleHeight), limitWidth);
    }
    return new Placement(best + 1, chosen, tileSize, newHeight, newWidth);
  }

  /**
   * Which tiles hold a picture of an arrangement: {@code maxTiles} values, 1 for its tiles and 0 for the rest. For id 0, an absent
   * image, the first tile counts as present, as the model expects.
   */
  public int[] aspectRatioMask(int aspectRatioId) {
    if (aspectRatioId < 0 || aspectRatioId > supported.size()) {
      throw new IllegalArgumentException("aspect ratio id " + aspectRatioId + " is not in 0.." + supported.size());
    }
    int[] mask = new int[maxTiles];
    int tiles = aspectRatioId == 0 ? 1 : supported.get(aspectRatioId - 1).tiles();
    for (int i = 0; i < tiles; i++) {
      mask[i] = 1;
    }
    return mask;
  }

  private double scale(int index, int height, int width) {
    AspectRatio ratio = supported.get(index);
    return Math.min((double) (ratio.tilesHigh() * tileSize) / height, (double) (ratio.tilesWide() * tileSize) / width);
  }
}
