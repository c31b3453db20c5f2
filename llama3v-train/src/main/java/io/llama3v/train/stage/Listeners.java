package io.llama3v.train.stage;

import io.llama3v.train.loop.StepContext;
import java.io.IOException;
import java.util.List;

/** Several listeners as one. */
record Listeners(List<StageListener> all) implements StageListener {
  static final Listeners NONE = new Listeners(List.of());

  @Override
  public void begins(String stage) throws IOException {
    for (StageListener listener : all) listener.begins(stage);
  }

  @Override
  public void step(String stage, StepContext step) throws IOException {
    for (StageListener listener : all) listener.step(stage, step);
  }

  @Override
  public void ends(String stage, double seconds) throws IOException {
    for (StageListener listener : all) listener.ends(stage, seconds);
  }
}
