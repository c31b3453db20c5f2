package io.llama3v.data.corpus;

import java.io.IOException;

/** The corpus cannot be made: something is missing or not as expected, and how to mend it. */
public final class CorpusException extends IOException {
  private static final long serialVersionUID = 1L;

  public CorpusException(String message) {
    super(message);
  }

  public CorpusException(String message, Throwable cause) {
    super(message, cause);
  }
}
