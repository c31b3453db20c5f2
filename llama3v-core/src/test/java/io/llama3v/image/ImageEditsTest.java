package io.llama3v.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.tensor.CounterRandom;
import org.junit.jupiter.api.Test;

class ImageEditsTest {
  private static RgbImage numbered(int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    for (int i = 0; i < rgb.length; i++) rgb[i] = (byte) i;
    return new RgbImage(width, height, rgb);
  }

  @Test
  void byHand() {
    RgbImage image = numbered(3, 2);
    assertArrayEquals(new byte[] {3, 4, 5, 6, 7, 8, 12, 13, 14, 15, 16, 17}, ImageEdits.crop(image, 1, 0, 2, 2).rgb());
    assertArrayEquals(new byte[] {6, 7, 8, 3, 4, 5, 0, 1, 2, 15, 16, 17, 12, 13, 14, 9, 10, 11}, ImageEdits.flip(image).rgb());
    assertThrows(IllegalArgumentException.class, () -> ImageEdits.crop(image, 2, 0, 2, 2));
    RgbImage covered = ImageEdits.overlay(image, RgbImage.filled(2, 2, 0xC8C8C8), -1, 1, 0.5);
    assertEquals(image.pixel(0, 0), covered.pixel(0, 0));
    assertEquals(image.pixel(1, 1), covered.pixel(1, 1), "one column of the top lies outside");
    // (9 + 200) / 2 = 104.5, rounded up; (10 + 200) / 2; (11 + 200) / 2 = 105.5
    assertEquals(105 << 16 | 105 << 8 | 106, covered.pixel(0, 1));
    assertEquals(0x00FF80, ImageEdits.tone(RgbImage.filled(1, 1, 0x00F080), 2, 0).pixel(0, 0));
    assertEquals(0x0A8A, ImageEdits.tone(RgbImage.filled(1, 1, 0x0080), 1, 10).pixel(0, 0) & 0xFFFF);
  }

  @Test
  void blurIsAGaussian() {
    RgbImage point = ImageEdits.overlay(RgbImage.filled(41, 41, 0), RgbImage.filled(1, 1, 0xFFFFFF), 20, 20, 1);
    RgbImage blurred = ImageEdits.blur(point, 1);
    // 255 times the density of a Gaussian of deviation 1 in two dimensions: 40.6 in the middle, 24.6 beside, 14.9 on the diagonal.
    assertEquals(40.6, blurred.pixel(20, 20) & 255, 1);
    assertEquals(24.6, blurred.pixel(21, 20) & 255, 1);
    assertEquals(24.6, blurred.pixel(20, 19) & 255, 1);
    assertEquals(14.9, blurred.pixel(21, 21) & 255, 1);
    assertEquals(0, blurred.pixel(30, 20));
    assertEquals(RgbImage.filled(9, 5, 0x123456), ImageEdits.blur(RgbImage.filled(9, 5, 0x123456), 3));
  }

  @Test
  void editsAreDrawnFromTheirPlaceInTheStream() {
    RgbImage image = numbered(40, 30);
    RgbImage other = RgbImage.filled(20, 20, 0xFF0000);
    CounterRandom random = new CounterRandom(1, "edits");
    for (CopyEdit edit : CopyEdit.values()) {
      RgbImage copy = edit.apply(image, other, random, 100);
      assertEquals(copy, edit.apply(image, other, random, 100));
      assertNotEquals(image, copy, edit.toString());
      for (int i = 0; i < 50; i++) edit.apply(RgbImage.filled(1, 2, 0), other, random, i);
    }
    RgbImage crop = CopyEdit.CROP.apply(image, other, random, 100);
    double area = (double) crop.width() * crop.height() / 1200;
    assertTrue(area > 0.4 && area < 1, "area " + area);
    assertTrue(Math.abs((ImageEdits.jpeg(RgbImage.filled(8, 8, 0x808080), 0.5).pixel(3, 3) & 255) - 128) <= 1);
  }
}
