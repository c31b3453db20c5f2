package io.llama3v.data.curate;

import io.llama3v.image.RgbImage;
import java.util.List;

/** How well pictures and texts belong together: CLIP, in practice. Safe for several threads. */
public interface ImageTextScorer extends AutoCloseable {

  /** Names weights and pre-processing, so that scores of different models are never taken for each other. */
  String fingerprint();

  /**
   * Cosine similarities.
   *
   * @param images N pictures
   * @param texts  for each picture its captions, at least one
   * @return for each picture one number a caption, in [−1, 1]
   */
  double[][] score(List<RgbImage> images, List<List<String>> texts);

  @Override
  void close();
}
