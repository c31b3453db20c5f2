package io.llama3v.data.document;

import java.io.IOException;

/** A document that cannot be turned into pictures: which, why, and what would mend it. */
public class DocumentException extends IOException {
  private static final long serialVersionUID = 1L;
  private final String reason;

  /**
   * @param source  the file, with page or line where that is known
   * @param reason  one of a few words by which such failures are counted: {@code encrypted}, {@code too large}
   * @param message what is wrong and what was expected
   */
  public DocumentException(String source, String reason, String message, Throwable cause) {
    super(source + ": " + message, cause);
    this.reason = reason;
  }

  public DocumentException(String source, String reason, String message) {
    this(source, reason, message, null);
  }

  /** The kind of failure, for counting. */
  public String reason() {
    return reason;
  }
}
