package io.llama3v.image;

/** A picture that cannot or must not be decoded. The message names the source, what was found and what was expected. */
public sealed class ImageException extends RuntimeException permits OversizedImageException {
  private static final long serialVersionUID = 1L;

  private final String source;

  /** @param source the file, sample key or URL that the bytes came from */
  public ImageException(String source, String problem) {
    this(source, problem, null);
  }

  public ImageException(String source, String problem, Throwable cause) {
    super(source + ": " + problem, cause);
    this.source = source;
  }

  /** Where the bytes came from. */
  public String source() {
    return source;
  }
}
