package io.llama3v.train.checkpoint;

import java.io.IOException;

/**
 * The moments in {@link CheckpointStore#save} between which the state on disk changes, in order. A process may die at any of them,
 * or between them, and a whole checkpoint is left.
 */
public enum SaveStep {
  /** The temporary folder exists and is empty. */
  FOLDER_MADE,
  /** It holds the weights, and not yet the optimiser. */
  WEIGHTS_WRITTEN,
  /** It holds everything but the manifest. */
  STATE_WRITTEN,
  /** It holds everything. */
  MANIFEST_WRITTEN,
  /** Its entries are on disk too. */
  FOLDER_FORCED,
  /** It has its final name; {@code latest} still names the one before. */
  PUBLISHED,
  /** {@code latest} names it; older ones beyond those to keep are still there. */
  POINTER_WRITTEN,
  /** The oldest has lost its name and is about to be deleted. Only reached where there is one too many. */
  OLD_SET_ASIDE;

  /** Sees a save pass its steps: for tests that fail or die there, and for nothing else. */
  @FunctionalInterface
  public interface Observer {
    /** Called when a step is done; an exception fails the save as a full disk would. */
    void reached(SaveStep step) throws IOException;
  }
}
