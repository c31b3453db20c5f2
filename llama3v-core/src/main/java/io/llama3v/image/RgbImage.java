package io.llama3v.image;

import java.awt.image.BufferedImage;
import java.util.Arrays;

/**
 * A decoded picture: 8-bit RGB, interleaved, rows from the top, no padding: {@code rgb[(y * width + x) * 3 + channel]}.
 *
 * <p>A value: the array is handed over on construction and neither side writes to it afterwards.
 */
public final class RgbImage {
  private final int width;
  private final int height;
  private final byte[] rgb;

  /**
   * Takes over {@code rgb} without a copy.
   *
   * @throws IllegalArgumentException if a side is not positive or the array is not {@code width * height * 3} long
   */
  public RgbImage(int width, int height, byte[] rgb) {
    if (width < 1 || height < 1 || rgb.length != 3L * width * height) {
      throw new IllegalArgumentException(
          "an image of " + width + "x" + height + " pixels cannot have " + rgb.length + " bytes of RGB");
    }
    this.width = width;
    this.height = height;
    this.rgb = rgb;
  }

  /** An image of one colour, {@code 0xRRGGBB}. */
  public static RgbImage filled(int width, int height, int colour) {
    byte[] rgb = new byte[Math.multiplyExact(Math.multiplyExact(width, height), 3)];
    for (int i = 0; i < rgb.length; i += 3) {
      rgb[i] = (byte) (colour >> 16);
      rgb[i + 1] = (byte) (colour >> 8);
      rgb[i + 2] = (byte) colour;
    }
    return new RgbImage(width, height, rgb);
  }

  /** A copy of an AWT picture; transparent parts are laid on white. */
  public static RgbImage of(BufferedImage image) {
    return RasterConverter.toRgb(image, Transparency.ON_WHITE, "image in memory", false);
  }

  /** A copy for AWT, of type {@link BufferedImage#TYPE_INT_RGB}. */
  public BufferedImage toBufferedImage() {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    int[] row = new int[width];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        row[x] = pixel(x, y);
      }
      image.getRaster().setDataElements(0, y, width, 1, row);
    }
    return image;
  }

  /** Width in pixels. */
  public int width() {
    return width;
  }

  /** Height in pixels. */
  public int height() {
    return height;
  }

  /** The backing array, to be read only. */
  public byte[] rgb() {
    return rgb;
  }

  /** The pixel at column x and row y as {@code 0xRRGGBB}. */
  public int pixel(int x, int y) {
    int at = Math.multiplyExact(Math.addExact(Math.multiplyExact(y, width), x), 3);
    return (rgb[at] & 255) << 16 | (rgb[at + 1] & 255) << 8 | rgb[at + 2] & 255;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RgbImage that && width == that.width && height == that.height && Arrays.equals(rgb, that.rgb);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * width + height) + Arrays.hashCode(rgb);
  }

  @Override
  public String toString() {
    return "RgbImage[" + width + "x" + height + "]";
  }
}
