package io.llama3v.data.sample;

/** A sample that lacks a member, or holds one that cannot be read as what its extension promises. */
public final class SampleException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public SampleException(String message, Throwable cause) {
    super(message, cause);
  }
}
