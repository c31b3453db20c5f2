package io.llama3v.data.corpus;

/** An RGB picture, 8 bits a channel, row-major, painted in sRGB space. */
final class Canvas {
  final int width;
  final int height;
  final byte[] rgb;

  Canvas(int width, int height, int background) {
    this.width = width;
    this.height = height;
    this.rgb = new byte[width * height * 3];
    for (int i = 0; i < rgb.length; i += 3) {
      rgb[i] = (byte) (background >> 16);
      rgb[i + 1] = (byte) (background >> 8);
      rgb[i + 2] = (byte) background;
    }
  }

  /**
   * Paints a mask with its left upper corner at (x, y), wholly inside: nothing is ever clipped.
   *
   * @param colour 0xRRGGBB, used where the mask has no colours of its own
   */
  void paint(IconMask mask, int x, int y, int colour) {
    if (x < 0 || y < 0 || x + mask.width() > width || y + mask.height() > height) {
      throw new IllegalArgumentException("a picture of " + mask.width() + "×" + mask.height() + " at (" + x + ", " + y
          + ") does not fit on " + width + "×" + height);
    }
    byte[][] planes = mask.planes();
    for (int row = 0; row < mask.height(); row++) {
      int out = ((y + row) * width + x) * 3;
      for (int i = row * mask.width(); i < (row + 1) * mask.width(); i++, out += 3) {
        int alpha = planes[0][i] & 0xff;
        for (int c = 0; alpha > 0 && c < 3; c++) {
          int front = mask.coloured() ? planes[c + 1][i] & 0xff : (colour >> 16 - 8 * c & 0xff) * alpha / 255;
          rgb[out + c] = (byte) Math.min(255, front + ((rgb[out + c] & 0xff) * (255 - alpha) + 127) / 255);
        }
      }
    }
  }
}
