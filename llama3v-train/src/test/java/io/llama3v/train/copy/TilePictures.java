package io.llama3v.train.copy;

import io.llama3v.data.sample.Sample;
import io.llama3v.image.ImageEdits;
import io.llama3v.image.RgbImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Pictures of a few coloured rectangles on a ground; each seed another. */
public final class TilePictures {
  private TilePictures() {}

  /** A picture of 64 by 64 pixels. */
  public static RgbImage picture(int seed) {
    Random random = new Random(seed * 7919L + 1);
    RgbImage image = RgbImage.filled(64, 64, random.nextInt(1 << 24));
    for (int i = 0; i < 5; i++) {
      RgbImage part = RgbImage.filled(8 + random.nextInt(28), 8 + random.nextInt(28), random.nextInt(1 << 24));
      image = ImageEdits.overlay(image, part, random.nextInt(50), random.nextInt(50), 1);
    }
    return image;
  }

  /** Pictures as samples. */
  public static List<Sample> samples(int from, int to) {
    List<Sample> samples = new ArrayList<>();
    for (int i = from; i < to; i++) {
      samples.add(new Sample(String.format("p%05d", i), Map.of("jpg", ImageEdits.jpegBytes(picture(i), 0.95), "txt", "tiles".getBytes())));
    }
    return samples;
  }
}
