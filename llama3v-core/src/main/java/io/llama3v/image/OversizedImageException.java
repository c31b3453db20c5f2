package io.llama3v.image;

/** A picture with more pixels, longer sides or more bytes than {@link io.llama3v.io.Limits} allows: refused before any is decoded. */
public final class OversizedImageException extends ImageException {
  private static final long serialVersionUID = 1L;

  OversizedImageException(String source, String problem) {
    super(source, problem);
  }
}
