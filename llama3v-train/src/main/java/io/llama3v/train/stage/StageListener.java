package io.llama3v.train.stage;

import io.llama3v.train.loop.StepContext;
import java.io.IOException;

/**
 * Hears what a run does. Every method does nothing unless overridden. Called on the thread that trains, so what takes long holds
 * training up; what throws ends the run.
 */
public interface StageListener {
  /** A stage begins, or goes on from a checkpoint. */
  default void begins(String stage) throws IOException {}

  /** A step was taken; parameters must be left as they are. */
  default void step(String stage, StepContext step) throws IOException {}

  /**
   * A stage has ended.
   *
   * @param seconds wall time of this session
   */
  default void ends(String stage, double seconds) throws IOException {}
}
