package io.llama3v.train.stage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.llama3v.image.RgbImage;
import org.junit.jupiter.api.Test;

/** A drawing must look the same whatever its colours are, and only where that is asked for. */
final class ClipPictureTest {
  private static final int[] SHAPE = {
    0, 0, 0, 0,
    0, 1, 1, 0,
    0, 1, 0, 0,
    0, 0, 0, 0};

  private static RgbImage drawn(int ground, int figure) {
    byte[] rgb = new byte[3 * SHAPE.length];
    for (int i = 0; i < SHAPE.length; i++) {
      int c = SHAPE[i] == 1 ? figure : ground;
      rgb[3 * i] = (byte) (c >> 16);
      rgb[3 * i + 1] = (byte) (c >> 8);
      rgb[3 * i + 2] = (byte) c;
    }
    return new RgbImage(4, 4, rgb);
  }

  @Test
  void aFigureIsWhiteOnBlackInWhateverColoursItWasDrawn() {
    byte[] expected = drawn(0x000000, 0xffffff).rgb();
    for (int[] colours : new int[][] {{0xffffff, 0x000000}, {0x101020, 0xe02010}, {0xf0f8f0, 0x2050e0}, {0x808080, 0x909090}}) {
      assertArrayEquals(expected, ClipPicture.FIGURE.of(drawn(colours[0], colours[1])).rgb(), Integer.toHexString(colours[1]));
    }
  }

  @Test
  void halfAsFarFromTheGroundIsHalfAsBright() {
    byte[] rgb = drawn(0xffffff, 0x000000).rgb().clone();
    for (int c = 0; c < 3; c++) rgb[3 * 5 + c] = (byte) 128;
    assertEquals(127, ClipPicture.FIGURE.of(new RgbImage(4, 4, rgb)).pixel(1, 1) & 255);
  }

  @Test
  void aPlainPictureIsBlack() {
    assertArrayEquals(new byte[48], ClipPicture.FIGURE.of(drawn(0x336699, 0x336699)).rgb());
  }

  @Test
  void greyIsLumaAndColourIsUntouched() {
    RgbImage red = drawn(0xff0000, 0xff0000);
    assertEquals(0x4c4c4c, ClipPicture.GREYSCALE.of(red).pixel(0, 0));
    assertSame(red, ClipPicture.COLOUR.of(red));
  }
}
