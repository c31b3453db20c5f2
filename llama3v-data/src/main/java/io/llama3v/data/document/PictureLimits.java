package io.llama3v.data.document;

import io.llama3v.io.Limits;

/**
 * How large a rendered picture may be. Checked before a raster is allocated.
 *
 * @param width  pixels
 * @param height pixels
 */
public record PictureLimits(int width, int height) {
  /** Checks against {@link Limits#SIDE} and {@link Limits#PIXELS}. */
  public PictureLimits {
    if (width < 16 || height < 16 || width > Limits.SIDE || height > Limits.SIDE || (long) width * height > Limits.PIXELS) {
      throw new IllegalArgumentException("pictures of " + width + "x" + height + " pixels; expected sides from 16 to " + Limits.SIDE
          + " and at most " + Limits.PIXELS + " pixels");
    }
  }

  /**
   * Checks a size that a document asks for.
   *
   * @throws DocumentException if it is not finite, empty or beyond the limit
   */
  public void check(String source, double wide, double high) throws DocumentException {
    if (!(wide >= 1 && high >= 1 && wide <= width && high <= height)) {
      throw new DocumentException(source, "too large", String.format(java.util.Locale.ROOT,
          "would be drawn on %.0f x %.0f pixels; expected 1 x 1 to %d x %d: raise 'picture', or make the document smaller", wide, high, width,
          height));
    }
  }
}
