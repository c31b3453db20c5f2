package io.llama3v.data.curate;

import io.llama3v.data.sample.Sample;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;

/** Small pictures and samples for tests. */
public final class TestPictures {
  private TestPictures() {}

  /** A picture of one colour with one odd pixel, so that no two seeds give the same bytes. */
  public static byte[] png(int width, int height, int seed) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, seed * 40503 & 0xffffff);
      }
    }
    image.setRGB(seed % width, seed / width % height, ~seed & 0xffffff);
    return encode(image, "png");
  }

  public static byte[] jpeg(int width, int height) {
    return encode(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), "jpg");
  }

  private static byte[] encode(BufferedImage image, String format) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, format, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  public static Sample sample(String key, byte[] png, String caption) {
    Map<String, byte[]> members = new LinkedHashMap<>();
    members.put("png", png);
    members.put("txt", caption.getBytes(StandardCharsets.UTF_8));
    return new Sample(key, members);
  }

  /** A small PNG whose header claims to be larger, with a right checksum. */
  public static byte[] bomb(int width, int height) {
    byte[] png = png(8, 8, 1);
    ByteBuffer.wrap(png).putInt(16, width).putInt(20, height);
    CRC32 crc = new CRC32();
    crc.update(png, 12, 17);
    ByteBuffer.wrap(png).putInt(29, (int) crc.getValue());
    return png;
  }
}
