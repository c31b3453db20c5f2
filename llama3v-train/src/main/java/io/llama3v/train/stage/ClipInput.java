package io.llama3v.train.stage;

import io.llama3v.data.sample.Sample;
import io.llama3v.image.ImageDecoder;
import io.llama3v.image.RgbImage;
import io.llama3v.vision.image.Augmentation;
import io.llama3v.vision.image.ClipTransform;

/**
 * Pictures as the run's CLIP sees them. With {@code greyscale} it sees no colours: icons come in eleven, any of which may be before
 * or behind, and a training of minutes has no time to learn that none of them matters to a name. Colour is then learned where it
 * is asked for, in the adapter stages, which train the tower too.
 */
final class ClipInput {
  private final ClipTransform transform;
  private final boolean greyscale;

  ClipInput(int side, boolean greyscale) {
    this.transform = new ClipTransform(side);
    this.greyscale = greyscale;
  }

  int side() {
    return transform.size();
  }

  int floats() {
    return transform.floats();
  }

  /** A picture's pixels [3, S, S], varied by {@code augmentation} with {@code draw}. */
  float[] pixels(Sample sample, Augmentation augmentation, long draw) {
    RgbImage image = augmentation.apply(ImageDecoder.decode(sample.image(), sample.key(), transform.transparency()), draw);
    return transform.apply(greyscale ? grey(image) : image).pixels();
  }

  /** Luma of ITU-R BT.601 in all three channels. */
  private static RgbImage grey(RgbImage image) {
    byte[] in = image.rgb();
    byte[] out = new byte[in.length];
    for (int i = 0; i < in.length; i += 3) {
      double luma = 0.299 * (in[i] & 255) + 0.587 * (in[i + 1] & 255) + 0.114 * (in[i + 2] & 255);
      out[i] = out[i + 1] = out[i + 2] = (byte) Math.round(luma);
    }
    return new RgbImage(image.width(), image.height(), out);
  }
}
