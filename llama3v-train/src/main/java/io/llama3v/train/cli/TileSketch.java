package io.llama3v.train.cli;

import io.llama3v.vision.image.Placement;
import java.util.Locale;

/** A picture's place on its tiles, in words and as a drawing. */
final class TileSketch {
  private TileSketch() {}

  static String of(Placement place, int width, int height, int maxTiles) {
    int high = place.aspectRatio().tilesHigh();
    int wide = place.aspectRatio().tilesWide();
    StringBuilder text = new StringBuilder(String.format(Locale.ROOT,
        "picture %dx%d, resized to %dx%d on a canvas of %dx%d: %d x %d tiles (high x wide) of %d pixels, at most %d; aspect ratio id %d%n",
        width, height, place.resizedWidth(), place.resizedHeight(), place.canvasWidth(), place.canvasHeight(), high, wide, place.tileSize(),
        maxTiles, place.aspectRatioId()));
    String edge = "+----".repeat(wide) + "+" + System.lineSeparator();
    for (int row = 0; row < high; row++) {
      text.append(edge);
      for (int column = 0; column < wide; column++) text.append(String.format(Locale.ROOT, "|%3d ", row * wide + column));
      text.append('|').append(System.lineSeparator());
    }
    return text.append(edge).toString();
  }
}
