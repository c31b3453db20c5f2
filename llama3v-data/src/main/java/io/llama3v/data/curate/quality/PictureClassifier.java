package io.llama3v.data.curate.quality;

import io.llama3v.image.RgbImage;
import java.util.List;

/** Tells how likely pictures are of a kind that must not be trained on. Safe for several threads. */
public interface PictureClassifier extends AutoCloseable {

  /** What it finds: {@code nsfw}, {@code violence}… The score's name is {@code safety.NAME}. */
  String name();

  /** Names weights and pre-processing. */
  String fingerprint();

  /** One probability a picture. */
  double[] score(List<RgbImage> images);

  @Override
  default void close() {}
}
