package io.llama3v.train.stage;

import io.llama3v.data.sample.Sample;
import io.llama3v.image.ImageDecoder;
import io.llama3v.image.RgbImage;
import io.llama3v.vision.image.Augmentation;
import io.llama3v.vision.image.ClipTransform;

/**
 * Pictures as the run's CLIP sees them; see {@link ClipPicture}. Icons come in eleven colours, any of which may be before or behind,
 * and a training of minutes has no time to learn that none of them matters to a name. Colour is then learned where it is asked for,
 * in the adapter stages, which train the tower too.
 */
final class ClipInput {
  private final ClipTransform transform;
  private final ClipPicture picture;

  ClipInput(int side, ClipPicture picture) {
    this.transform = new ClipTransform(side);
    this.picture = picture;
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
    return transform.apply(picture.of(image)).pixels();
  }
}
