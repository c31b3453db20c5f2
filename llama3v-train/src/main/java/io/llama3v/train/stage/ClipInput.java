package io.llama3v.train.stage;

import io.llama3v.data.sample.Sample;
import io.llama3v.image.ImageDecoder;
import io.llama3v.image.RgbImage;
import io.llama3v.vision.image.Augmentation;
import io.llama3v.vision.image.ClipTransform;
import java.util.SplittableRandom;

/**
 * Pictures as the run's CLIP sees them; see {@link ClipPicture}. Icons come in eleven colours, any of which may be before or behind,
 * and a training of minutes has no time to learn that none of them matters to a name. Colour is then learned where it is asked for,
 * in the adapter stages, which train the tower too.
 */
final class ClipInput {
  private final ClipTransform transform;
  private final ClipPicture picture;
  private final double strokes;

  ClipInput(int side, ClipPicture picture) {
    this(side, picture, 0);
  }

  /** With strokes made thicker or thinner in a share of the pictures; for training. */
  ClipInput(int side, ClipPicture picture, double strokes) {
    this.transform = new ClipTransform(side);
    this.picture = picture;
    this.strokes = strokes;
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
    return transform.apply(stroked(picture.of(image), new SplittableRandom(~draw).nextDouble())).pixels();
  }

  private RgbImage stroked(RgbImage image, double chance) {
    if (chance >= strokes) return image;
    return (chance < strokes / 2 ? StrokeWeight.THICKER : StrokeWeight.THINNER).of(image);
  }
}
