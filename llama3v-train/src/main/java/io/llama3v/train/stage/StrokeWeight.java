package io.llama3v.train.stage;

import io.llama3v.image.RgbImage;

/**
 * Makes bright strokes thicker or thinner by a pixel on every side: the greatest or least value of the nine pixels around
 * (grey-scale dilation and erosion). Icon families differ in the weight of their strokes more than in anything else.
 */
enum StrokeWeight {
  THICKER {
    @Override
    int choose(int a, int b) {
      return Math.max(a, b);
    }
  },
  THINNER {
    @Override
    int choose(int a, int b) {
      return Math.min(a, b);
    }
  };

  abstract int choose(int a, int b);

  RgbImage of(RgbImage image) {
    int width = image.width();
    int height = image.height();
    byte[] across = new byte[image.rgb().length];
    byte[] out = new byte[across.length];
    pass(image.rgb(), across, width, height, 1, 0);
    pass(across, out, width, height, 0, 1);
    return new RgbImage(width, height, out);
  }

  private void pass(byte[] in, byte[] out, int width, int height, int dx, int dy) {
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int before = 3 * (Math.max(0, y - dy) * width + Math.max(0, x - dx));
        int here = 3 * (y * width + x);
        int after = 3 * (Math.min(height - 1, y + dy) * width + Math.min(width - 1, x + dx));
        for (int c = 0; c < 3; c++) {
          out[here + c] = (byte) choose(in[here + c] & 255, choose(in[before + c] & 255, in[after + c] & 255));
        }
      }
    }
  }
}
