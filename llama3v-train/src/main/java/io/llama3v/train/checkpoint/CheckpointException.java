package io.llama3v.train.checkpoint;

import java.io.IOException;
import java.nio.file.Path;

/** A checkpoint that is damaged, or that does not belong to the run that asks for it. The message names the file. */
public final class CheckpointException extends IOException {
  private static final long serialVersionUID = 1L;
  private final transient Path file;

  CheckpointException(Path file, String problem) {
    this(file, problem, null);
  }

  CheckpointException(Path file, String problem, Throwable cause) {
    super(file + ": " + problem, cause);
    this.file = file;
  }

  /** The file or folder at fault; null after serialisation. */
  public Path file() {
    return file;
  }
}
