package io.llama3v.train.stage;

import java.io.IOException;

/** One stage of a run. It reads what earlier stages left in the run's folder and leaves its result there. */
@FunctionalInterface
public interface Stage {
  /** Carries the stage out. */
  void run(StageContext context) throws IOException;
}
