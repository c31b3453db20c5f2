package io.llama3v.image;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Small edits of pictures; each makes a new one. */
public final class ImageEdits {
  private ImageEdits() {}

  /**
   * A part of a picture.
   *
   * @throws IllegalArgumentException if it does not lie within
   */
  public static RgbImage crop(RgbImage image, int x, int y, int width, int height) {
    if (x < 0 || y < 0 || width < 1 || height < 1 || x > image.width() - width || y > image.height() - height) {
      throw new IllegalArgumentException("a part of " + width + "x" + height + " at " + x + ", " + y + " of " + image);
    }
    byte[] out = new byte[3 * width * height];
    for (int row = 0; row < height; row++) {
      System.arraycopy(image.rgb(), 3 * ((y + row) * image.width() + x), out, 3 * row * width, 3 * width);
    }
    return new RgbImage(width, height, out);
  }

  /** Left and right exchanged. */
  public static RgbImage flip(RgbImage image) {
    int width = image.width();
    byte[] in = image.rgb();
    byte[] out = new byte[in.length];
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < width; x++) {
        System.arraycopy(in, 3 * (y * width + x), out, 3 * (y * width + width - 1 - x), 3);
      }
    }
    return new RgbImage(width, image.height(), out);
  }

  /** Blurred with a Gaussian of that standard deviation, in pixels; the border's pixels go on outside. */
  public static RgbImage blur(RgbImage image, double sigma) {
    if (!(sigma > 0 && sigma <= 1000)) throw new IllegalArgumentException("a blur of " + sigma + " pixels; expected more than 0, at most 1000");
    int radius = (int) Math.ceil(3 * sigma);
    float[] kernel = new float[2 * radius + 1];
    double total = 0;
    for (int i = -radius; i <= radius; i++) total += Math.exp(-i * i / (2 * sigma * sigma));
    for (int i = -radius; i <= radius; i++) kernel[i + radius] = (float) (Math.exp(-i * i / (2 * sigma * sigma)) / total);
    byte[] across = convolve(image.rgb(), image.height(), 3 * image.width(), image.width(), 3, kernel);
    return new RgbImage(image.width(), image.height(), convolve(across, image.width(), 3, image.height(), 3 * image.width(), kernel));
  }

  /** Filters {@code lines} lines of {@code length} pixels; steps are in bytes. */
  private static byte[] convolve(byte[] in, int lines, int lineStep, int length, int step, float[] kernel) {
    byte[] out = new byte[in.length];
    int radius = kernel.length / 2;
    for (int line = 0; line < lines; line++) {
      for (int i = 0; i < length; i++) {
        for (int c = 0; c < 3; c++) {
          float sum = 0.5f;
          for (int k = -radius; k <= radius; k++) {
            int from = Math.max(0, Math.min(length - 1, i + k));
            sum += kernel[k + radius] * (in[line * lineStep + from * step + c] & 255);
          }
          out[line * lineStep + i * step + c] = (byte) Math.min(255, (int) sum);
        }
      }
    }
    return out;
  }

  /** What is left after saving as JPEG with a quality from 0 to 1. */
  public static RgbImage jpeg(RgbImage image, double quality) {
    return ImageDecoder.decode(jpegBytes(image, quality), "recompressed image");
  }

  /** The picture as a JPEG file with a quality from 0 to 1. */
  public static byte[] jpegBytes(RgbImage image, double quality) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      ImageWriteParam how = writer.getDefaultWriteParam();
      how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      how.setCompressionQuality((float) quality);
      writer.setOutput(out);
      BufferedImage buffered = image.toBufferedImage();
      writer.write(null, new IIOImage(buffered, null, null), how);
    } catch (IOException e) {
      throw new UncheckedIOException("a JPEG of " + image, e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  /** Another picture laid over this one at a place, which may reach beyond the border. */
  public static RgbImage overlay(RgbImage image, RgbImage top, int x, int y, double opacity) {
    byte[] out = image.rgb().clone();
    for (int row = Math.max(0, -y); row < Math.min(top.height(), image.height() - y); row++) {
      for (int column = Math.max(0, -x); column < Math.min(top.width(), image.width() - x); column++) {
        int to = 3 * ((y + row) * image.width() + x + column);
        int from = 3 * (row * top.width() + column);
        for (int c = 0; c < 3; c++) {
          out[to + c] = (byte) Math.round((1 - opacity) * (out[to + c] & 255) + opacity * (top.rgb()[from + c] & 255));
        }
      }
    }
    return new RgbImage(image.width(), image.height(), out);
  }

  /** {@code contrast (v - 128) + 128 + brightness} of every sample, clipped. */
  public static RgbImage tone(RgbImage image, double contrast, double brightness) {
    byte[] table = new byte[256];
    for (int v = 0; v < 256; v++) table[v] = (byte) Math.max(0, Math.min(255, Math.round(contrast * (v - 128) + 128 + brightness)));
    byte[] out = new byte[image.rgb().length];
    for (int i = 0; i < out.length; i++) out[i] = table[image.rgb()[i] & 255];
    return new RgbImage(image.width(), image.height(), out);
  }
}
