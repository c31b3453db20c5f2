package io.llama3v.image;

import io.llama3v.tensor.CounterRandom;

/** The ways in which pictures are copied on the web; for calibrating and training what finds copies. */
public enum CopyEdit {
  /** A part of 50 to 90 % of the area, at any place and of a slightly other aspect. */
  CROP {
    @Override
    public RgbImage apply(RgbImage image, RgbImage other, CounterRandom random, long at) {
      double area = between(random, at, 0.5, 0.9);
      double aspect = Math.exp(between(random, at + 1, -0.15, 0.15));
      int width = clamp(image.width() * Math.sqrt(area) * aspect, image.width());
      int height = clamp(image.height() * Math.sqrt(area) / aspect, image.height());
      return ImageEdits.crop(image, (int) (random.uniform(at + 2) * (image.width() - width + 1)),
          (int) (random.uniform(at + 3) * (image.height() - height + 1)), width, height);
    }
  },
  /** A Gaussian of 0.5 to 2 % of the shorter side. */
  BLUR {
    @Override
    public RgbImage apply(RgbImage image, RgbImage other, CounterRandom random, long at) {
      return ImageEdits.blur(image, Math.max(0.3, between(random, at, 0.005, 0.02) * Math.min(image.width(), image.height())));
    }
  },
  /** Quality 5 to 50 of 100. */
  JPEG {
    @Override
    public RgbImage apply(RgbImage image, RgbImage other, CounterRandom random, long at) {
      return ImageEdits.jpeg(image, between(random, at, 0.05, 0.5));
    }
  },
  /** Another picture over 5 to 25 % of the area. */
  OVERLAY {
    @Override
    public RgbImage apply(RgbImage image, RgbImage other, CounterRandom random, long at) {
      double side = Math.sqrt(between(random, at, 0.05, 0.25));
      int width = clamp(side * image.width(), image.width());
      int height = clamp(side * image.height(), image.height());
      return ImageEdits.overlay(image, Resize.resize(other, width, height, Resize.Filter.BILINEAR),
          (int) (random.uniform(at + 1) * (image.width() - width + 1)), (int) (random.uniform(at + 2) * (image.height() - height + 1)),
          between(random, at + 3, 0.7, 1));
    }
  },
  /** Left and right exchanged. */
  FLIP {
    @Override
    public RgbImage apply(RgbImage image, RgbImage other, CounterRandom random, long at) {
      return ImageEdits.flip(image);
    }
  },
  /** 30 to 70 % of the size, distorted by at most 10 %. */
  SCALE {
    @Override
    public RgbImage apply(RgbImage image, RgbImage other, CounterRandom random, long at) {
      double scale = between(random, at, 0.3, 0.7);
      return Resize.resize(image, clamp(scale * image.width(), image.width()),
          clamp(scale * between(random, at + 1, 0.9, 1.1) * image.height(), image.height()), Resize.Filter.BILINEAR);
    }
  },
  /** Contrast of 0.7 to 1.3, brighter or darker by up to 30 of 255. */
  TONE {
    @Override
    public RgbImage apply(RgbImage image, RgbImage other, CounterRandom random, long at) {
      return ImageEdits.tone(image, between(random, at, 0.7, 1.3), between(random, at + 1, -30, 30));
    }
  };

  /** Numbers of a random stream that one edit uses at most. */
  public static final int DRAWS = 8;

  /**
   * Makes a copy.
   *
   * @param other  what {@link #OVERLAY} lays on top
   * @param random where the edit's strength and place come from
   * @param at     the first of {@value #DRAWS} numbers of the stream
   */
  public abstract RgbImage apply(RgbImage image, RgbImage other, CounterRandom random, long at);

  private static double between(CounterRandom random, long at, double least, double most) {
    return least + (most - least) * random.uniform(at);
  }

  private static int clamp(double size, int most) {
    return Math.max(1, Math.min(most, (int) Math.round(size)));
  }
}
