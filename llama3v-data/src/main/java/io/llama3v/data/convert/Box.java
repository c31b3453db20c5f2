package io.llama3v.data.convert;

import java.util.Locale;

/**
 * A part of a picture, as fractions of its width and height from the upper left corner.
 *
 * <p>In text it is {@code <box>0.125,0.250,0.500,0.750</box>}: left, top, right, bottom, three decimals. The Llama 3 paper (section
 * 7.1.1) normalises the same four numbers and sets them between special tokens; a tokenizer without such tokens spells these tags.
 */
public record Box(double left, double top, double right, double bottom) {
  public Box {
    if (!(left >= 0 && left < right && right <= 1 && top >= 0 && top < bottom && bottom <= 1)) {
      throw new IllegalArgumentException("box " + left + "," + top + "," + right + "," + bottom + "; expected fractions with left < right and top < bottom");
    }
  }

  /** A box of pixels, cut at the picture's edges; null if nothing of it is left. */
  public static Box pixels(double x, double y, double width, double height, double pictureWidth, double pictureHeight) {
    double left = Math.max(0, x) / pictureWidth;
    double top = Math.max(0, y) / pictureHeight;
    double right = Math.min(pictureWidth, x + width) / pictureWidth;
    double bottom = Math.min(pictureHeight, y + height) / pictureHeight;
    return left < right && top < bottom ? new Box(left, top, right, bottom) : null;
  }

  /** The box in text. */
  public String text() {
    return String.format(Locale.ROOT, "<box>%.3f,%.3f,%.3f,%.3f</box>", left, top, right, bottom);
  }
}
