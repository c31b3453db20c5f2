package io.llama3v.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;

/**
 * Reduces what ImageIO decodes to 8-bit RGB with Pillow's arithmetic.
 *
 * <p>Stored samples are taken as they are: grey values are repeated and colour profiles ignored, where AWT's own conversion would
 * apply a gamma curve. Of 16-bit samples the high byte is kept.
 */
final class RasterConverter {
  private RasterConverter() {
  }

  /**
   * Converts a picture.
   *
   * @param ours whether nobody else has the picture, so that its memory may become the result's
   */
  static RgbImage toRgb(BufferedImage image, Transparency transparency, String source, boolean ours) {
    ColorModel colours = image.getColorModel();
    Raster raster = image.getRaster();
    if (image.isAlphaPremultiplied()) {
      return packed(raster, colours, transparency);
    }
    if (colours instanceof IndexColorModel palette) {
      return indexed(raster, palette, transparency);
    }
    if (!(colours instanceof ComponentColorModel) || raster.getTransferType() > DataBuffer.TYPE_USHORT) {
      return packed(raster, colours, transparency);
    }
    int space = colours.getColorSpace().getType();
    int bands = raster.getNumBands();
    if (ours && space == ColorSpace.TYPE_RGB && bands == 3 && raster.getTransferType() == DataBuffer.TYPE_BYTE) {
      RgbImage same = takeOver(raster);
      if (same != null) {
        return same;
      }
    }
    if (space == ColorSpace.TYPE_GRAY && bands <= 2 || space == ColorSpace.TYPE_RGB && (bands == 3 || bands == 4)) {
      return components(raster, transparency);
    }
    throw new ImageException(source, "pixels with " + bands + " samples in colour space type " + space + " are not supported");
  }

  /**
   * CMYK of a JPEG file, or YCCK where {@code lumaChroma}; inverted in the file, as Adobe's programs write it and as Pillow
   * takes every such file to be: the samples are 255 less ink.
   */
  static RgbImage cmykToRgb(Raster raster, boolean lumaChroma) {
    int width = raster.getWidth();
    byte[] rgb = new byte[width * raster.getHeight() * 3];
    int[] row = new int[width * 4];
    int to = 0;
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int i = 0; i < row.length; i += 4) {
        if (lumaChroma) {
          lumaChromaToCmy(row, i);
        }
        int light = row[i + 3];
        for (int c = 0; c < 3; c++) {
          int value = light - divide255((255 - row[i + c]) * light);
          rgb[to++] = (byte) Math.max(value, 0);
        }
      }
    }
    return new RgbImage(width, raster.getHeight(), rgb);
  }

  /** The JFIF matrix gives RGB, of which the file's CMY are the complement. */
  private static void lumaChromaToCmy(int[] row, int i) {
    int luma = row[i];
    double blueness = row[i + 1] - 128;
    double redness = row[i + 2] - 128;
    row[i] = 255 - clamp(luma + 1.402 * redness);
    row[i + 1] = 255 - clamp(luma - 0.344136286 * blueness - 0.714136286 * redness);
    row[i + 2] = 255 - clamp(luma + 1.772 * blueness);
  }

  private static int clamp(double value) {
    return (int) Math.min(Math.max(Math.floor(value + 0.5), 0), 255);
  }

  private static RgbImage indexed(Raster raster, IndexColorModel palette, Transparency transparency) {
    int[] argb = new int[palette.getMapSize()];
    palette.getRGBs(argb);
    int width = raster.getWidth();
    byte[] rgb = new byte[width * raster.getHeight() * 3];
    int[] row = new int[width];
    int to = 0;
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int index : row) {
        to = put(rgb, to, index < argb.length ? argb[index] : 0xff000000, transparency);
      }
    }
    return new RgbImage(width, raster.getHeight(), rgb);
  }

  private static RgbImage packed(Raster raster, ColorModel colours, Transparency transparency) {
    int width = raster.getWidth();
    byte[] rgb = new byte[width * raster.getHeight() * 3];
    Object pixel = null;
    int to = 0;
    for (int y = 0; y < raster.getHeight(); y++) {
      for (int x = 0; x < width; x++) {
        pixel = raster.getDataElements(raster.getMinX() + x, raster.getMinY() + y, pixel);
        to = put(rgb, to, colours.getRGB(pixel), transparency);
      }
    }
    return new RgbImage(width, raster.getHeight(), rgb);
  }

  private static RgbImage components(Raster raster, Transparency transparency) {
    int width = raster.getWidth();
    int bands = raster.getNumBands();
    int shift = raster.getTransferType() == DataBuffer.TYPE_USHORT ? 8 : 0;
    boolean hasAlpha = bands % 2 == 0;
    int green = bands > 2 ? 1 : 0;
    byte[] rgb = new byte[width * raster.getHeight() * 3];
    int[] row = new int[width * bands];
    int to = 0;
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int i = 0; i < row.length; i += bands) {
        int alpha = hasAlpha ? row[i + bands - 1] >> shift : 255;
        int argb = alpha << 24 | row[i] >> shift << 16 | row[i + green] >> shift << 8 | row[i + 2 * green] >> shift;
        to = put(rgb, to, argb, transparency);
      }
    }
    return new RgbImage(width, raster.getHeight(), rgb);
  }

  private static int put(byte[] rgb, int to, int argb, Transparency transparency) {
    int alpha = argb >>> 24;
    if (transparency == Transparency.DROP) {
      alpha = 255;
    }
    rgb[to] = (byte) onWhite(argb >> 16 & 255, alpha);
    rgb[to + 1] = (byte) onWhite(argb >> 8 & 255, alpha);
    rgb[to + 2] = (byte) onWhite(argb & 255, alpha);
    return to + 3;
  }

  /** Pillow's alpha composition over opaque white: 7 more bits than a byte, division by 255 by shifts. */
  private static int onWhite(int value, int alpha) {
    if (alpha == 255) {
      return value;
    }
    int sum = (value * alpha + 255 * (255 - alpha) + 128) << 7;
    return ((sum >> 8) + sum >> 8) >> 7;
  }

  private static int divide255(int product) {
    int sum = product + 128;
    return (sum >> 8) + sum >> 8;
  }

  /** The decoder's own array, reordered in place if it is BGR; null if it has another layout. Halves the memory of large photographs. */
  private static RgbImage takeOver(Raster raster) {
    if (!(raster.getDataBuffer() instanceof DataBufferByte buffer) || buffer.getNumBanks() != 1
        || !(raster.getSampleModel() instanceof PixelInterleavedSampleModel model)
        || model.getPixelStride() != 3 || model.getScanlineStride() != 3 * raster.getWidth() || raster.getParent() != null) {
      return null;
    }
    byte[] data = buffer.getData();
    int[] offsets = model.getBandOffsets();
    if (buffer.getOffset() != 0 || data.length != 3L * raster.getWidth() * raster.getHeight() || offsets[1] != 1) {
      return null;
    }
    if (offsets[0] == 2 && offsets[2] == 0) {
      for (int i = 0; i < data.length; i += 3) {
        byte blue = data[i];
        data[i] = data[i + 2];
        data[i + 2] = blue;
      }
    } else if (offsets[0] != 0 || offsets[2] != 2) {
      return null;
    }
    return new RgbImage(raster.getWidth(), raster.getHeight(), data);
  }
}
