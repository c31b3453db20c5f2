package io.llama3v.train.checkpoint;

import java.io.IOException;
import java.nio.file.Path;

/** Another process, which the message names, works in the folder of a run. */
public final class RunLockedException extends IOException {
  private static final long serialVersionUID = 1L;

  RunLockedException(Path lock, String owner) {
    super(lock + ": process " + (owner.isEmpty() ? "(unknown)" : owner)
        + " is at work in this folder; wait for it, end it, or use another folder");
  }
}
