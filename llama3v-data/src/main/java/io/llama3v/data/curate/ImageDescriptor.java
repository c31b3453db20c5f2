package io.llama3v.data.curate;

import io.llama3v.image.RgbImage;
import java.util.List;

/** Pictures as unit vectors whose dot product tells copies: SSCD, or a small network of its kind. Safe for several threads. */
public interface ImageDescriptor extends AutoCloseable {

  /** Names weights and pre-processing. */
  String fingerprint();

  /** Numbers in a vector. */
  int dimension();

  /** One unit vector a picture. */
  float[][] describe(List<RgbImage> images);

  @Override
  void close();
}
