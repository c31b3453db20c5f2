package io.llama3v.data.convert.rewrite;

import java.io.IOException;

/** A model that did not answer. */
public final class ChatException extends IOException {
  private static final long serialVersionUID = 1L;
  private final boolean lasting;

  /** @param lasting whether asking again would be in vain: a wrong key, a model that is not there */
  public ChatException(String message, boolean lasting, Throwable cause) {
    super(message, cause);
    this.lasting = lasting;
  }

  public boolean lasting() {
    return lasting;
  }
}
