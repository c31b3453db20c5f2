package io.llama3v.vision.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.llama3v.image.RgbImage;
import java.util.List;
import org.junit.jupiter.api.Test;

class TileLayoutTest {
  private final TileLayout layout = new TileLayout(28, 4);

  @Test
  void arrangementsOfFourTilesHaveTheReleasedIds() {
    assertEquals(List.of(new AspectRatio(1, 1), new AspectRatio(1, 2), new AspectRatio(1, 3), new AspectRatio(1, 4),
        new AspectRatio(2, 1), new AspectRatio(2, 2), new AspectRatio(3, 1), new AspectRatio(4, 1)), layout.supported());
  }

  @Test
  void masksFollowTheId() {
    assertArrayEquals(new int[] {1, 0, 0, 0}, layout.aspectRatioMask(0));
    assertArrayEquals(new int[] {1, 0, 0, 0}, layout.aspectRatioMask(1));
    assertArrayEquals(new int[] {1, 1, 1, 0}, layout.aspectRatioMask(7));
    assertArrayEquals(new int[] {1, 1, 1, 1}, layout.aspectRatioMask(6));
    assertThrows(IllegalArgumentException.class, () -> layout.aspectRatioMask(9));
  }

  @Test
  void aTallPictureGetsAColumn() {
    assertEquals(new Placement(8, new AspectRatio(4, 1), 28, 112, 7), layout.place(300, 21));
  }

  @Test
  void aHairlineKeepsOnePixel() {
    assertEquals(0, layout.place(60_000, 1).resizedWidth());
    float[] pixels = new MllamaTransform(28, 4).apply(RgbImage.filled(1, 6_000, 0xffffff)).pixels();
    float white = (1 - 0.48145466f) / 0.26862954f;
    assertEquals(white, pixels[0], 1e-6);
    assertEquals(-0.48145466f / 0.26862954f, pixels[1], 1e-6);
  }

  @Test
  void impossibleSizesAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new TileLayout(0, 4));
    assertThrows(IllegalArgumentException.class, () -> new TileLayout(28, Integer.MAX_VALUE));
    assertThrows(IllegalArgumentException.class, () -> new TileLayout(65_000, 1_000));
    assertThrows(IllegalArgumentException.class, () -> layout.place(0, 4));
  }
}
