package io.llama3v.data.convert.source;

import io.llama3v.data.document.grounding.BoxText.Fractions;

/** Boxes of pixels as fractions of their picture. */
final class Regions {
  private Regions() {}

  /** A box of pixels from its upper left corner, cut at the picture's edges; null if nothing of it is left. */
  static Fractions of(double x, double y, double width, double height, double pictureWidth, double pictureHeight) {
    double left = Math.max(0, x) / pictureWidth;
    double top = Math.max(0, y) / pictureHeight;
    double right = Math.min(pictureWidth, x + width) / pictureWidth;
    double bottom = Math.min(pictureHeight, y + height) / pictureHeight;
    return left < right && top < bottom ? new Fractions(left, top, right, bottom) : null;
  }
}
