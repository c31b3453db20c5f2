package io.llama3v.train.loop;

import java.util.HashSet;
import java.util.Set;

/**
 * Asks whatever trains to save and leave: what a handler of SIGTERM holds on one side and the loops of a run on the other. Safe for
 * use by several threads.
 */
public final class StopSignal {
  private final Set<TrainingLoop<?>> running = new HashSet<>();
  private boolean requested;

  /**
   * Asks every loop that runs now, or begins later, to stop after its present step.
   *
   * @return true if one is running, which will save before it leaves
   */
  public synchronized boolean request() {
    requested = true;
    running.forEach(TrainingLoop::stop);
    return !running.isEmpty();
  }

  /** Whether {@link #request} was called. */
  public synchronized boolean requested() {
    return requested;
  }

  synchronized void enter(TrainingLoop<?> loop) {
    running.add(loop);
    if (requested) loop.stop();
  }

  synchronized void leave(TrainingLoop<?> loop) {
    running.remove(loop);
  }
}
