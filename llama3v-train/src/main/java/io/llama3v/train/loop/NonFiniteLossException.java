package io.llama3v.train.loop;

/** Training stopped because several windows in a row gave no usable gradient. Parameters are those of the last good step. */
public final class NonFiniteLossException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  public NonFiniteLossException(String message) {
    super(message);
  }
}
