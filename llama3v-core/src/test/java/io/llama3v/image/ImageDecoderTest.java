package io.llama3v.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.io.SafetensorsFile;
import io.llama3v.io.WeightSource;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageDecoderTest {
  static final Path IMAGES = Path.of("src/test/resources/images");

  @ParameterizedTest
  @ValueSource(strings = {"rgba.png", "la.png", "l.png", "bit.png", "l_trns.png", "rgb_trns.png", "p.png", "p4_trns.png", "p_trns1.png",
      "rgb16.png", "rgba16.png", "la16.png", "l16.png", "p.gif", "p_trns.gif", "rgb.bmp", "l.bmp", "p.bmp", "bit.bmp", "rgb.webp",
      "rgba.webp"})
  void losslessPicturesEqualPillow(String name) throws Exception {
    assertEquals(0, largestDifference(name, Transparency.ON_WHITE), "on white");
    assertEquals(0, largestDifference(name, Transparency.DROP), "alpha dropped");
  }

  /** Other decoders may round differently, by little. */
  @ParameterizedTest
  @ValueSource(strings = {"rgb.jpg", "l.jpg", "cmyk.jpg", "cmyk_plain.jpg", "ycck.jpg"})
  void photographsAreCloseToPillow(String name) throws Exception {
    long difference = largestDifference(name, Transparency.ON_WHITE);
    assertTrue(difference <= 3, name + " differs by up to " + difference);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rgb420.jpg", "lossy.webp"})
  void subsampledColoursAreCloseToPillow(String name) throws Exception {
    long difference = largestDifference(name, Transparency.ON_WHITE);
    assertTrue(difference <= 24, name + " differs by up to " + difference);
  }

  @Test
  void awtPicturesAreLaidOnWhite() {
    BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
    image.setRGB(0, 0, 0xff102030);
    image.setRGB(1, 0, 0x00102030);
    RgbImage rgb = RgbImage.of(image);
    assertEquals(0x102030, rgb.pixel(0, 0));
    assertEquals(0xffffff, rgb.pixel(1, 0));
    assertEquals(rgb, RgbImage.of(rgb.toBufferedImage()));
  }

  @Test
  void headersAreReadWithoutDecoding() throws Exception {
    for (String name : new String[] {"rgba.png", "p.gif", "rgb.bmp", "rgb.webp"}) {
      ImageHeader header = ImageHeader.read(Files.readAllBytes(IMAGES.resolve(name)), name);
      assertArrayEquals(new int[] {13, 9}, new int[] {header.width(), header.height()}, name);
    }
    ImageHeader jpeg = ImageHeader.read(Files.readAllBytes(IMAGES.resolve("cmyk.jpg")), "cmyk.jpg");
    assertArrayEquals(new int[] {40, 24, 4}, new int[] {jpeg.width(), jpeg.height(), jpeg.components()});
  }

  private static long largestDifference(String name, Transparency transparency) throws Exception {
    RgbImage image = ImageDecoder.decode(IMAGES.resolve(name), transparency);
    try (WeightSource expected = SafetensorsFile.open(IMAGES.resolve("expected.safetensors"))) {
      String tensor = name + (transparency == Transparency.DROP ? ".drop" : ".white");
      long[] shape = expected.info(tensor).shape();
      assertArrayEquals(new long[] {image.height(), image.width(), 3}, shape);
      long[] values = expected.readLongs(tensor);
      long largest = 0;
      for (int i = 0; i < values.length; i++) {
        largest = Math.max(largest, Math.abs(values[i] - (image.rgb()[i] & 255)));
      }
      return largest;
    }
  }
}
