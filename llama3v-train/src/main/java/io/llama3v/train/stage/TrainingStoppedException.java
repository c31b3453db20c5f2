package io.llama3v.train.stage;

import java.nio.file.Path;

/** A stage was asked to stop, saved a checkpoint, and left before its last step. Running it again goes on from there. */
public final class TrainingStoppedException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  TrainingStoppedException(String stage, long step, long steps, Path checkpoints) {
    super("stage '" + stage + "' was asked to stop, and did after step " + step + " of " + steps + "; saved in " + checkpoints
        + ". The same command goes on from there");
  }
}
