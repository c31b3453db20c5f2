package io.llama3v.train.copy;

import io.llama3v.image.CopyEdit;
import io.llama3v.image.RgbImage;
import io.llama3v.tensor.CounterRandom;

/** Two copies of each picture, edited by chance: what the network learns to map to one vector. Pure functions of seed and place. */
final class CopyViews {
  private static final CopyEdit[] EDITS = CopyEdit.values();
  /** Edits of a view: each is drawn with this probability, and at least one is made. */
  private static final double CHANCE = 0.3;
  private static final int DRAWS = (CopyEdit.DRAWS + 1) * (EDITS.length + 1);
  private final CounterRandom random;

  CopyViews(long seed) {
    random = new CounterRandom(seed, "views of pictures");
  }

  /**
   * A view.
   *
   * @param other what overlays are taken from
   * @param place of the view in the whole training
   */
  RgbImage of(RgbImage image, RgbImage other, long place) {
    long at = place * DRAWS;
    int certain = random.below(at++, EDITS.length);
    RgbImage view = image;
    for (CopyEdit edit : EDITS) {
      boolean made = edit.ordinal() == certain || random.uniform(at) < CHANCE;
      if (made) view = edit.apply(view, other, random, at + 1);
      at += CopyEdit.DRAWS + 1;
    }
    return view;
  }
}
