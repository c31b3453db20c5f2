package io.llama3v.data.format;

import java.io.IOException;

/** A line that is no sample. */
public final class LineException extends IOException {
  private static final long serialVersionUID = 1L;
  private final String key;
  private final String reason;

  LineException(String key, String reason, String message) {
    super(message);
    this.key = key;
    this.reason = reason;
  }

  /** The sample's key. */
  public String key() {
    return key;
  }

  /** A few lower-case words with hyphens, to count by: {@code bad-line}, {@code line-too-long}, {@code picture-missing}, {@code picture-outside}. */
  public String reason() {
    return reason;
  }
}
