package io.llama3v.data.curate.quality;

import io.llama3v.image.ImageFormat;
import io.llama3v.image.RgbImage;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** Makes faces unrecognisable: each box becomes cells of a sixth of its side, filled with their mean. */
final class FaceBlur {
  private static final int CELLS = 6;
  private static final float JPEG_QUALITY = 0.95f;

  private FaceBlur() {}

  /** The picture with its boxes blurred: JPEG where it was one, else PNG. */
  static byte[] apply(RgbImage image, List<FaceFinder.Face> boxes, ImageFormat format) throws IOException {
    byte[] rgb = image.rgb().clone();
    for (FaceFinder.Face box : boxes) {
      int left = Math.max(0, box.left());
      int top = Math.max(0, box.top());
      int right = Math.min(image.width(), box.right());
      int bottom = Math.min(image.height(), box.bottom());
      int cell = Math.max(2, (Math.max(right - left, bottom - top) + CELLS - 1) / CELLS);
      for (int y = top; y < bottom; y += cell) {
        for (int x = left; x < right; x += cell) {
          mean(rgb, image.width(), x, y, Math.min(right, x + cell), Math.min(bottom, y + cell));
        }
      }
    }
    return encode(new RgbImage(image.width(), image.height(), rgb).toBufferedImage(), format);
  }

  private static void mean(byte[] rgb, int width, int left, int top, int right, int bottom) {
    int count = (right - left) * (bottom - top);
    for (int channel = 0; channel < 3; channel++) {
      long sum = 0;
      for (int y = top; y < bottom; y++) {
        for (int x = left; x < right; x++) {
          sum += rgb[(y * width + x) * 3 + channel] & 255;
        }
      }
      byte mean = (byte) ((sum + count / 2) / count);
      for (int y = top; y < bottom; y++) {
        for (int x = left; x < right; x++) {
          rgb[(y * width + x) * 3 + channel] = mean;
        }
      }
    }
  }

  private static byte[] encode(BufferedImage image, ImageFormat format) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (format != ImageFormat.JPEG) {
      ImageIO.write(image, "png", out);
      return out.toByteArray();
    }
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    try (ImageOutputStream target = ImageIO.createImageOutputStream(out)) {
      ImageWriteParam param = writer.getDefaultWriteParam();
      param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      param.setCompressionQuality(JPEG_QUALITY);
      writer.setOutput(target);
      writer.write(null, new IIOImage(image, null, null), param);
    } finally {
      writer.dispose();
    }
    return out.toByteArray();
  }
}
