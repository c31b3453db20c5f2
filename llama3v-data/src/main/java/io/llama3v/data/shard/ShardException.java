package io.llama3v.data.shard;

import java.io.IOException;

/** A shard that cannot be read further: which file, at which byte, and why. */
public final class ShardException extends IOException {
  private static final long serialVersionUID = 1L;
  private final String file;
  private final long offset;
  private final String reason;

  ShardException(String file, long offset, String reason) {
    super(file + " at byte " + offset + ": " + reason);
    this.file = file;
    this.offset = offset;
    this.reason = reason;
  }

  public String file() {
    return file;
  }

  public long offset() {
    return offset;
  }

  public String reason() {
    return reason;
  }
}
