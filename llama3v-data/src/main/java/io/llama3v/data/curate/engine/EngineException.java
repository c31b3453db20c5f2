package io.llama3v.data.curate.engine;

import java.io.IOException;

/** An engine cannot run here, or could not finish; the message says what to do about it. */
public final class EngineException extends IOException {
  private static final long serialVersionUID = 1;

  public EngineException(String message) {
    super(message);
  }

  public EngineException(String message, Throwable cause) {
    super(message, cause);
  }
}
