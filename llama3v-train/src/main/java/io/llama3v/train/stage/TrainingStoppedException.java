package io.llama3v.train.stage;

import java.nio.file.Path;

/** A run was asked to stop: a stage at work saved a checkpoint and left, or the next one did not begin. Running it again goes on from there. */
public final class TrainingStoppedException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  /** Between two pieces of work, where everything is saved. */
  TrainingStoppedException(String next) {
    super("asked to stop, before '" + next + "'. The same command goes on there");
  }

  TrainingStoppedException(String stage, long step, long steps, Path checkpoints) {
    super("stage '" + stage + "' was asked to stop, and did after step " + step + " of " + steps + "; saved in " + checkpoints
        + ". The same command goes on from there");
  }
}
