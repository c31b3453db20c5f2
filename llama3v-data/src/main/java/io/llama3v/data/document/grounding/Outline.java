package io.llama3v.data.document.grounding;

import io.llama3v.data.document.Box;
import io.llama3v.image.RgbImage;

/** Frames drawn around boxes. */
public final class Outline {
  private Outline() {}

  /**
   * The picture with a frame around a box. The frame lies outside the box, so that it hides nothing of it, except where the box touches
   * the border of the picture.
   *
   * @param colour 0xRRGGBB
   */
  public static RgbImage around(RgbImage image, Box box, int colour, int thickness) {
    byte[] rgb = image.rgb().clone();
    int left = Math.max(0, box.left() - thickness);
    int top = Math.max(0, box.top() - thickness);
    int right = Math.min(image.width(), box.right() + thickness);
    int bottom = Math.min(image.height(), box.bottom() + thickness);
    for (int y = top; y < bottom; y++) {
      for (int x = left; x < right; x++) {
        if (x < left + thickness || x >= right - thickness || y < top + thickness || y >= bottom - thickness) {
          set(rgb, image.width(), x, y, colour);
        }
      }
    }
    return new RgbImage(image.width(), image.height(), rgb);
  }

  static void set(byte[] rgb, int width, int x, int y, int colour) {
    int at = 3 * (y * width + x);
    rgb[at] = (byte) (colour >> 16);
    rgb[at + 1] = (byte) (colour >> 8);
    rgb[at + 2] = (byte) colour;
  }
}
