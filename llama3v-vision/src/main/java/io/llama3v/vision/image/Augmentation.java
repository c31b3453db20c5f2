package io.llama3v.vision.image;

import io.llama3v.image.Resize;
import io.llama3v.image.RgbImage;
import io.llama3v.tensor.Mix64;
import java.util.SplittableRandom;

/**
 * Random variation of training pictures, a pure function of picture and seed.
 *
 * <p>A window with a random share of the picture's area, random shape and random place is cut out and resized to the picture's own
 * size. With an area above 1 the window is larger than the picture, which then appears smaller on its own repeated border pixels.
 * Afterwards the colours may be inverted, and brightness and contrast varied.
 *
 * @param minArea    least share of the area that the window covers, in (0, maxArea]
 * @param maxArea    greatest share; above 1 shrinks the picture
 * @param maxStretch greatest ratio by which the window's shape departs from the picture's, at least 1
 * @param invert     probability of inverted colours
 * @param brightness greatest change of brightness, as a share of the range: 0.1 shifts by up to 25.5
 * @param contrast   greatest relative change of contrast about mid grey
 */
public record Augmentation(double minArea, double maxArea, double maxStretch, double invert, double brightness, double contrast) {
  private static final double MOST_AREA = 16;

  public Augmentation {
    boolean valid = minArea > 0 && minArea <= maxArea && maxArea <= MOST_AREA && maxStretch >= 1 && maxStretch <= MOST_AREA
        && invert >= 0 && invert <= 1 && brightness >= 0 && brightness <= 1 && contrast >= 0 && contrast <= 1;
    if (!valid) {
      throw new IllegalArgumentException("need 0 < minArea <= maxArea <= 16, 1 <= maxStretch <= 16, and the others in 0..1");
    }
  }

  /** Leaves pictures as they are. */
  public static Augmentation none() {
    return new Augmentation(1, 1, 1, 0, 0, 0);
  }

  /** The cut that OpenCLIP trains with: 90 to 100 per cent of the area, shapes up to 4:3. */
  public static Augmentation clip() {
    return new Augmentation(0.9, 1, 4.0 / 3, 0, 0, 0);
  }

  /** The seed of one picture in one epoch; independent of the order in which pictures are read. */
  public static long seed(long runSeed, long epoch, String key) {
    long hash = Mix64.mix(Mix64.mix(runSeed) + epoch);
    for (int i = 0; i < key.length(); i++) {
      hash = Mix64.mix(hash ^ key.charAt(i));
    }
    return hash;
  }

  /** Varies a picture; the size stays, equal seeds give equal pictures. */
  public RgbImage apply(RgbImage image, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    // every draw is made whatever the settings, so that changing one leaves the others' draws alone
    double area = minArea + (maxArea - minArea) * random.nextDouble();
    double stretch = Math.exp((2 * random.nextDouble() - 1) * Math.log(maxStretch) / 2);
    double placeX = random.nextDouble();
    double placeY = random.nextDouble();
    boolean inverted = random.nextDouble() < invert;
    double gain = 1 + contrast * (2 * random.nextDouble() - 1);
    double shift = 255 * brightness * (2 * random.nextDouble() - 1);

    int width = side(image.width() * Math.sqrt(area) * stretch, image.width());
    int height = side(image.height() * Math.sqrt(area) / stretch, image.height());
    RgbImage result = image;
    if (width != image.width() || height != image.height()) {
      int left = (int) Math.floor(placeX * (image.width() - width) + 0.5);
      int top = (int) Math.floor(placeY * (image.height() - height) + 0.5);
      result = Resize.resize(window(image, left, top, width, height), image.width(), image.height(), Resize.Filter.BICUBIC);
    }
    return inverted || gain != 1 || shift != 0 ? recolour(result, inverted, gain, shift) : result;
  }

  /** A window must not leave the picture unless it is meant to be larger. */
  private int side(double wanted, int whole) {
    int side = Math.max((int) Math.floor(wanted + 0.5), 1);
    return maxArea > 1 ? side : Math.min(side, whole);
  }

  /** Pixels of a rectangle; outside of the picture the nearest border pixel. */
  private static RgbImage window(RgbImage image, int left, int top, int width, int height) {
    byte[] in = image.rgb();
    byte[] out = new byte[Math.multiplyExact(Math.multiplyExact(width, height), 3)];
    int to = 0;
    for (int y = top; y < top + height; y++) {
      int row = Math.min(Math.max(y, 0), image.height() - 1) * image.width();
      for (int x = left; x < left + width; x++, to += 3) {
        int from = (row + Math.min(Math.max(x, 0), image.width() - 1)) * 3;
        out[to] = in[from];
        out[to + 1] = in[from + 1];
        out[to + 2] = in[from + 2];
      }
    }
    return new RgbImage(width, height, out);
  }

  private static RgbImage recolour(RgbImage image, boolean inverted, double gain, double shift) {
    byte[] table = new byte[256];
    for (int v = 0; v < 256; v++) {
      double value = ((inverted ? 255 - v : v) - 127.5) * gain + 127.5 + shift;
      table[v] = (byte) Math.min(Math.max(Math.floor(value + 0.5), 0), 255);
    }
    byte[] rgb = image.rgb().clone();
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = table[rgb[i] & 255];
    }
    return new RgbImage(image.width(), image.height(), rgb);
  }
}
