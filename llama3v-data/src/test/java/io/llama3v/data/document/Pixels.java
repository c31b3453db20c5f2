package io.llama3v.data.document;

import io.llama3v.image.RgbImage;
import java.util.function.IntPredicate;

/** Looks at pictures, by brute force. */
final class Pixels {
  private Pixels() {}

  /** The box around all pixels that fit, or null if there is none. */
  static Box around(RgbImage image, IntPredicate fits) {
    Box box = null;
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        if (fits.test(image.pixel(x, y))) {
          Box one = new Box(x, y, x + 1, y + 1);
          box = box == null ? one : box.union(one);
        }
      }
    }
    return box;
  }

  static int count(RgbImage image, Box in, IntPredicate fits) {
    int n = 0;
    for (int y = in.top(); y < in.bottom(); y++) {
      for (int x = in.left(); x < in.right(); x++) n += fits.test(image.pixel(x, y)) ? 1 : 0;
    }
    return n;
  }

  static int count(RgbImage image, IntPredicate fits) {
    return count(image, new Box(0, 0, image.width(), image.height()), fits);
  }

  static boolean dark(int rgb) {
    return (rgb >> 16 & 255) + (rgb >> 8 & 255) + (rgb & 255) < 300;
  }
}
