package io.llama3v.vision.image;

import io.llama3v.image.Resize;
import io.llama3v.image.RgbImage;
import io.llama3v.image.Transparency;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Llama 3.2 Vision's preprocessing: resize to fit the best {@link TileLayout canvas}, pad with black to the right and below, scale
 * and normalise, cut into tiles {@code [maxTiles, 3, S, S]}. Padding is black before normalisation, so it becomes -mean/std; tiles
 * that are not used stay 0. Agrees bit for bit with Hugging Face's MllamaImageProcessor (4.49).
 */
public final class MllamaTransform implements ImageTransform {
  private final TileLayout layout;
  private final Resize.Filter filter;
  private final PixelScale scale;

  /** CLIP's mean and standard deviation, as the released checkpoints use, bilinear resizing and factor 1/255. */
  public MllamaTransform(int tileSize, int maxTiles) {
    this(tileSize, maxTiles, ClipTransform.mean(), ClipTransform.std());
  }

  /** Bilinear resizing and factor 1/255. */
  public MllamaTransform(int tileSize, int maxTiles, double[] mean, double[] std) {
    this(new TileLayout(tileSize, maxTiles), Resize.Filter.BILINEAR, new PixelScale(1 / 255.0, mean, std));
  }

  MllamaTransform(TileLayout layout, Resize.Filter filter, PixelScale scale) {
    this.layout = layout;
    this.filter = filter;
    this.scale = scale;
  }

  /** The arrangements of tiles. */
  public TileLayout layout() {
    return layout;
  }

  @Override
  public int floats() {
    return layout.maxTiles() * 3 * layout.tileSize() * layout.tileSize();
  }

  @Override
  public Transparency transparency() {
    return Transparency.ON_WHITE;
  }

  @Override
  public Placement write(RgbImage image, FloatBuffer target, int offset) {
    Placement placement = layout.place(image.height(), image.width());
    // a stripe whose shorter side scales to less than a pixel is an error in the reference; here it stays visible
    RgbImage resized = Resize.resize(image, Math.max(placement.resizedWidth(), 1), Math.max(placement.resizedHeight(), 1), filter);
    int size = layout.tileSize();
    int across = placement.aspectRatio().tilesWide();
    float[] plane = new float[size * size];
    int at = offset;
    for (int tile = 0; tile < layout.maxTiles(); tile++) {
      for (int c = 0; c < 3; c++, at += plane.length) {
        if (tile < placement.tiles()) {
          fillPlane(resized, tile / across * size, tile % across * size, c, plane);
        } else {
          Arrays.fill(plane, 0);
        }
        target.put(at, plane, 0, plane.length);
      }
    }
    return placement;
  }

  /** One channel of the tile whose top left corner is at (top, left) of the canvas. */
  private void fillPlane(RgbImage image, int top, int left, int channel, float[] plane) {
    int size = layout.tileSize();
    float[] values = scale.channel(channel);
    byte[] rgb = image.rgb();
    int rows = Math.min(Math.max(image.height() - top, 0), size);
    int columns = Math.min(Math.max(image.width() - left, 0), size);
    for (int y = 0; y < rows; y++) {
      int from = ((top + y) * image.width() + left) * 3 + channel;
      for (int x = 0; x < columns; x++) {
        plane[y * size + x] = values[rgb[from + 3 * x] & 255];
      }
      Arrays.fill(plane, y * size + columns, (y + 1) * size, values[0]);
    }
    Arrays.fill(plane, rows * size, plane.length, values[0]);
  }
}
