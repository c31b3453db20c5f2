package io.llama3v.train.loop;

import io.llama3v.train.checkpoint.RunState;

/** The numbers of a run that change with every step: the mutable side of {@link RunState}. */
final class Counters {
  long step;
  long images;
  long tokens;
  long skippedSteps;
  int skippedInARow;
  /** Bad samples of earlier sessions; the source counts those of this one. */
  long skippedSamplesBefore;
  double seconds;
  double lossSum;
  long lossCount;

  void restore(RunState state) {
    step = state.step();
    images = state.images();
    tokens = state.tokens();
    skippedSteps = state.skippedSteps();
    skippedInARow = state.skippedInARow();
    skippedSamplesBefore = state.skippedSamples();
    seconds = state.seconds();
    lossSum = state.lossSum();
    lossCount = state.lossCount();
  }
}
