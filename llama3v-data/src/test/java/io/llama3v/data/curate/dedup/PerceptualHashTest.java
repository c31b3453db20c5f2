package io.llama3v.data.curate.dedup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.image.Resize;
import io.llama3v.image.RgbImage;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PerceptualHashTest {
  /** A picture of so many grey values, one a pixel. */
  private static RgbImage grey(int width, int height, java.util.function.IntBinaryOperator value) {
    byte[] rgb = new byte[3 * width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < 3; c++) rgb[3 * (width * y + x) + c] = (byte) value.applyAsInt(x, y);
      }
    }
    return new RgbImage(width, height, rgb);
  }

  private static RgbImage blobs(long seed, int side) {
    Random random = new Random(seed);
    double[] p = random.doubles(24).toArray();
    return grey(side, side, (x, y) -> {
      double v = 0;
      for (int i = 0; i < 24; i += 4) {
        double dx = (double) x / side - p[i];
        double dy = (double) y / side - p[i + 1];
        v += (p[i + 2] - 0.3) * Math.exp(-(dx * dx + dy * dy) / (0.02 + 0.1 * p[i + 3]));
      }
      return (int) Math.max(0, Math.min(255, 128 + 100 * v));
    });
  }

  @Test
  void differencesByHand() {
    // 9 by 8 pixels need no resizing. Rising rows are all ones, falling rows zeros.
    assertEquals(-1L, PerceptualHash.DIFFERENCE.hash(grey(9, 8, (x, y) -> 20 * x)));
    assertEquals(0L, PerceptualHash.DIFFERENCE.hash(grey(9, 8, (x, y) -> 200 - 20 * x)));
    assertEquals(0xFF00FF00FF00FF00L, PerceptualHash.DIFFERENCE.hash(grey(9, 8, (x, y) -> y % 2 == 0 ? 20 * x : 200 - 20 * x)));
    assertEquals(0x8000000000000000L, PerceptualHash.DIFFERENCE.hash(grey(9, 8, (x, y) -> x > 0 && y == 0 ? 9 : 5)));
  }

  @Test
  void cosineTransformByDefinition() {
    RgbImage image = blobs(5, 32);
    // The definition, coefficient by coefficient.
    double[] f = new double[64];
    for (int v = 0; v < 8; v++) {
      for (int u = 0; u < 8; u++) {
        for (int y = 0; y < 32; y++) {
          for (int x = 0; x < 32; x++) {
            f[8 * v + u] += (image.rgb()[3 * (32 * y + x)] & 255) * Math.cos((2 * x + 1) * u * Math.PI / 64)
                * Math.cos((2 * y + 1) * v * Math.PI / 64);
          }
        }
      }
    }
    double[] rest = java.util.Arrays.copyOfRange(f, 1, 64);
    java.util.Arrays.sort(rest);
    long hash = PerceptualHash.COSINE.hash(image);
    for (int i = 0; i < 64; i++) {
      if (Math.abs(f[i] - rest[31]) > 1e-6) assertEquals(f[i] > rest[31], (hash >>> 63 - i & 1) == 1, "coefficient " + i);
    }
  }

  @Test
  void scaledCopiesAreNearAndOthersAreNot() {
    for (PerceptualHash hash : PerceptualHash.values()) {
      for (int seed = 0; seed < 10; seed++) {
        RgbImage image = blobs(seed, 120);
        RgbImage small = Resize.resize(image, 70, 90, Resize.Filter.BICUBIC);
        int near = Long.bitCount(hash.hash(image) ^ hash.hash(small));
        assertTrue(near <= 14, hash + " " + seed + ": " + near);
        for (int other = 100; other < 110; other++) {
          assertTrue(Long.bitCount(hash.hash(image) ^ hash.hash(blobs(other, 120))) > near, hash + " " + seed);
        }
      }
    }
  }

  @Test
  void cosineOfDescriptorsIsTheHammingDistance() {
    RgbImage a = blobs(1, 64);
    RgbImage b = blobs(2, 64);
    float[][] vectors = PerceptualHash.COSINE.describe(List.of(a, b));
    int distance = Long.bitCount(PerceptualHash.COSINE.hash(a) ^ PerceptualHash.COSINE.hash(b));
    double dot = 0;
    double self = 0;
    for (int i = 0; i < 64; i++) {
      dot += vectors[0][i] * vectors[1][i];
      self += vectors[0][i] * vectors[0][i];
    }
    assertEquals(1 - distance / 32.0, dot, 1e-6);
    assertEquals(1, self, 1e-6);
    assertArrayEquals(vectors[0], PerceptualHash.COSINE.describe(List.of(a))[0]);
  }
}
