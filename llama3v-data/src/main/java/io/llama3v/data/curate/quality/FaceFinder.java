package io.llama3v.data.curate.quality;

import io.llama3v.image.RgbImage;
import java.util.List;

/** Finds faces, so that they can be blurred. Safe for several threads. */
public interface FaceFinder extends AutoCloseable {

  /** A face, in pixels of the picture; right and bottom excluded. */
  record Face(int left, int top, int right, int bottom) {}

  /** Names weights and pre-processing. */
  String fingerprint();

  /** The faces of each picture. */
  List<List<Face>> find(List<RgbImage> images);

  @Override
  default void close() {}
}
