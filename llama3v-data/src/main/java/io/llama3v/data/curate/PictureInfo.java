package io.llama3v.data.curate;

import io.llama3v.image.ImageFormat;

/**
 * What a picture's header says.
 *
 * @param format of the bytes, whatever the member's extension
 * @param width  in pixels
 * @param height in pixels
 * @param bytes  encoded size
 */
public record PictureInfo(ImageFormat format, int width, int height, int bytes) {

  /** Width times height. */
  public long pixels() {
    return (long) width * height;
  }

  /** The shorter side, in pixels. */
  public int shortSide() {
    return Math.min(width, height);
  }

  /** Longer side over shorter side, at least 1. */
  public double aspect() {
    return (double) Math.max(width, height) / shortSide();
  }
}
