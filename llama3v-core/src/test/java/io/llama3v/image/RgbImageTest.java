package io.llama3v.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A picture of AWT's is copied, whatever its layout: neither sees what the other does afterwards. */
class RgbImageTest {
  @ParameterizedTest
  @ValueSource(ints = {BufferedImage.TYPE_3BYTE_BGR, BufferedImage.TYPE_INT_RGB, BufferedImage.TYPE_INT_ARGB, BufferedImage.TYPE_INT_ARGB_PRE,
      BufferedImage.TYPE_4BYTE_ABGR, BufferedImage.TYPE_4BYTE_ABGR_PRE, BufferedImage.TYPE_INT_BGR})
  void thePictureOfTheCallerStaysAsItIs(int type) {
    BufferedImage image = new BufferedImage(3, 2, type);
    int[] colours = {0xff102030, 0xffff0000, 0xff00ff00, 0xff0000ff, 0xffffffff, 0xff000000};
    image.setRGB(0, 0, 3, 2, colours, 0, 3);
    boolean premultiplied = image.isAlphaPremultiplied();
    RgbImage first = RgbImage.of(image);
    assertEquals(0x102030, first.pixel(0, 0));
    assertEquals(0x00ff00, first.pixel(2, 0));
    assertArrayEquals(colours, image.getRGB(0, 0, 3, 2, null, 0, 3), "the caller's picture has changed");
    assertEquals(premultiplied, image.isAlphaPremultiplied());
    assertEquals(first, RgbImage.of(image));
    image.setRGB(0, 0, 0xffabcdef);
    assertEquals(0x102030, first.pixel(0, 0));
  }

  @ParameterizedTest
  @ValueSource(ints = {BufferedImage.TYPE_INT_ARGB, BufferedImage.TYPE_INT_ARGB_PRE, BufferedImage.TYPE_4BYTE_ABGR_PRE})
  void halfTransparentRedBecomesPink(int type) {
    BufferedImage image = new BufferedImage(1, 1, type);
    image.setRGB(0, 0, 0x80ff0000);
    int pixel = RgbImage.of(image).pixel(0, 0);
    assertEquals(0xff, pixel >> 16);
    assertTrue(Math.abs((pixel & 0xff) - 127) <= 1 && Math.abs((pixel >> 8 & 0xff) - 127) <= 1, Integer.toHexString(pixel));
  }
}
