package io.llama3v.train.stage;

import io.llama3v.train.checkpoint.CheckpointStore.Damage;
import io.llama3v.train.loop.StopSignal;
import java.util.Set;

/**
 * How one process takes up a run that others may have begun, and how it is asked to leave it.
 *
 * @param damage what to do if the newest checkpoint of a stage is damaged
 * @param allowedChanges settings, by their keys, that may differ from those that a stage began or finished under; {@code data} and
 *     {@code code} are such keys too. What did differ is recorded in the stage's checkpoints and in its {@code done.json}
 * @param stop asks the stage at work to save and leave
 */
public record RunSession(Damage damage, Set<String> allowedChanges, StopSignal stop) {
  public RunSession {
    allowedChanges = Set.copyOf(allowedChanges);
  }

  /** Nothing may have changed, nothing may be damaged, and nobody stops it. */
  public static RunSession strict() {
    return new RunSession(Damage.REFUSE, Set.of(), new StopSignal());
  }
}
