package io.llama3v.train.loop;

import java.io.IOException;

/** Something done between steps: an evaluation, a sample caption, a look at the gates. */
@FunctionalInterface
public interface StepHook {
  /** Called after a step, its metrics line and before its checkpoint; gradients are gone, parameters must be left as they are. */
  void run(StepContext step) throws IOException;
}
