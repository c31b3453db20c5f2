package io.llama3v.data.corpus;

import java.util.Arrays;

/**
 * A picture to be painted on a canvas: one plane of coverage, to be filled with any colour, or four planes (coverage,
 * then red, green and blue multiplied by it) where it has its own colours.
 *
 * @param planes planes[0] is coverage, 0 to 255; row-major
 */
record IconMask(int width, int height, byte[][] planes) {
  boolean coloured() {
    return planes.length == 4;
  }

  /** Share of covered area, 0 to 1. */
  double coverage() {
    long sum = 0;
    for (byte a : planes[0]) {
      sum += a & 0xff;
    }
    return sum / (255.0 * planes[0].length);
  }

  /** Width at a given longer side. */
  int widthAt(int longest) {
    return Math.max(1, (int) Math.round(width * (double) longest / Math.max(width, height)));
  }

  /** Height at a given longer side. */
  int heightAt(int longest) {
    return Math.max(1, (int) Math.round(height * (double) longest / Math.max(width, height)));
  }

  /** The same picture, its longer side {@code longest} pixels, each pixel the mean of the area it covers. */
  IconMask scaledTo(int longest) {
    int w = widthAt(longest);
    int h = heightAt(longest);
    byte[][] scaled = new byte[planes.length][];
    for (int p = 0; p < planes.length; p++) {
      scaled[p] = vertical(horizontal(planes[p], w), w, h);
    }
    return new IconMask(w, h, scaled);
  }

  private float[] horizontal(byte[] plane, int w) {
    float[] out = new float[w * height];
    double step = (double) width / w;
    for (int x = 0; x < w; x++) {
      double from = x * step;
      double to = Math.min(width, from + step);
      for (int s = (int) from; s < to; s++) {
        float weight = (float) ((Math.min(s + 1, to) - Math.max(s, from)) / step);
        for (int y = 0; y < height; y++) {
          out[y * w + x] += weight * (plane[y * width + s] & 0xff);
        }
      }
    }
    return out;
  }

  private byte[] vertical(float[] rows, int w, int h) {
    byte[] out = new byte[w * h];
    float[] line = new float[w];
    double step = (double) height / h;
    for (int y = 0; y < h; y++) {
      Arrays.fill(line, 0.5f);
      double from = y * step;
      double to = Math.min(height, from + step);
      for (int s = (int) from; s < to; s++) {
        float weight = (float) ((Math.min(s + 1, to) - Math.max(s, from)) / step);
        for (int x = 0; x < w; x++) {
          line[x] += weight * rows[s * w + x];
        }
      }
      for (int x = 0; x < w; x++) {
        out[y * w + x] = (byte) Math.min(255, (int) line[x]);
      }
    }
    return out;
  }
}
