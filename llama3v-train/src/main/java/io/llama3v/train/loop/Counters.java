package io.llama3v.train.loop;

import io.llama3v.train.checkpoint.RunState;
import io.llama3v.train.report.MetricNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The numbers of a run that change with every step: the mutable side of {@link RunState}. */
final class Counters {
  private static final double SPIKE = 6;
  long step;
  long images;
  long tokens;
  long skippedSteps;
  int skippedInARow;
  double seconds;
  double lossSum;
  long lossCount;
  final List<String> changes = new ArrayList<>();
  /** Losses vary by a few per cent from batch to batch; norms of gradients by a factor. */
  final SpikeDetector loss = new SpikeDetector(SPIKE, 0.05);
  final SpikeDetector gradientNorm = new SpikeDetector(SPIKE, 1);

  void restore(RunState state) {
    step = state.step();
    images = state.images();
    tokens = state.tokens();
    skippedSteps = state.skippedSteps();
    skippedInARow = state.skippedInARow();
    changes.addAll(state.changes());
    loss.restore(state.recent().getOrDefault(MetricNames.LOSS, List.of()));
    gradientNorm.restore(state.recent().getOrDefault(MetricNames.GRAD_NORM, List.of()));
    seconds = state.seconds();
    lossSum = state.lossSum();
    lossCount = state.lossCount();
  }

  Map<String, List<Double>> recent() {
    return Map.of(MetricNames.LOSS, loss.recent(), MetricNames.GRAD_NORM, gradientNorm.recent());
  }
}
