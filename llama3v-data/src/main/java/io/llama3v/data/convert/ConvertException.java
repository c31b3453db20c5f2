package io.llama3v.data.convert;

import java.nio.file.Path;

/** Data that is not what its format promises: the message names the file, the line, the place in the JSON, and what was expected. */
public final class ConvertException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public ConvertException(String message) {
    super(message);
  }

  public ConvertException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * Something wrong at a place in a JSON file.
   *
   * @param line    from 1; 0 where it is not known
   * @param pointer JSON pointer (RFC 6901), empty for the document itself
   */
  public static ConvertException at(Path file, long line, String pointer, String what) {
    return new ConvertException(where(file, line, pointer) + ": " + what);
  }

  /** {@code FILE:LINE (/pointer)}. */
  public static String where(Path file, long line, String pointer) {
    return file + (line > 0 ? ":" + line : "") + (pointer.isEmpty() ? "" : " (" + pointer + ")");
  }
}
