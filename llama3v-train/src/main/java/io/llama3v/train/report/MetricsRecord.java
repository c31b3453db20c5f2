package io.llama3v.train.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One line of {@code metrics.jsonl}.
 *
 * @param stage   the stage's name
 * @param step    optimiser steps completed: the line of step N describes the model after N updates, 0 before the first
 * @param seconds wall time spent in the stage so far, over all its sessions
 * @param values  named values, in order; {@linkplain MetricNames usual names}
 * @param samples keys of the samples that the line is about: those of a step that was skipped, or whose loss jumped; mostly empty
 */
public record MetricsRecord(String stage, long step, double seconds, Map<String, Double> values, List<String> samples) {

  public MetricsRecord {
    samples = List.copyOf(samples);
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /** A line that is about no samples in particular. */
  public MetricsRecord(String stage, long step, double seconds, Map<String, Double> values) {
    this(stage, step, seconds, values, List.of());
  }
}
