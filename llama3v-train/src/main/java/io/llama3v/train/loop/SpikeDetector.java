package io.llama3v.train.loop;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Tells when a positive quantity of training, such as the loss, jumps up: more than {@code deviations} robust standard deviations
 * (1.4826 times the median absolute deviation) above the median of the last {@value #WINDOW} values, and by more than the share
 * {@code least} of the median, without which a run that hardly varies would alarm at nothing. Every value then joins the window:
 * the median hardly feels a spike, and gets used to a new level in half a window.
 */
final class SpikeDetector {
  static final int WINDOW = 50;
  /** Fewer values give no usable deviation. */
  static final int LEAST_VALUES = 20;
  private static final double NORMAL = 1.4826;

  private final double deviations;
  private final double least;
  private final ArrayDeque<Double> recent = new ArrayDeque<>();

  SpikeDetector(double deviations, double least) {
    this.deviations = deviations;
    this.least = least;
  }

  /** Takes a value in; returns how many deviations it lies above the median if that is a spike, else 0. */
  double take(double value) {
    double spike = recent.size() < LEAST_VALUES ? 0 : height(value);
    recent.addLast(value);
    if (recent.size() > WINDOW) recent.removeFirst();
    return spike;
  }

  private double height(double value) {
    double[] values = recent.stream().mapToDouble(Double::doubleValue).toArray();
    double median = median(values);
    double[] distances = Arrays.stream(values).map(v -> Math.abs(v - median)).toArray();
    double deviation = Math.max(NORMAL * median(distances), least * Math.abs(median) / deviations);
    double height = (value - median) / Math.max(deviation, Double.MIN_NORMAL);
    return height > deviations ? height : 0;
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    int half = values.length / 2;
    return values.length % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
  }

  /** The window, oldest first. */
  List<Double> recent() {
    return new ArrayList<>(recent);
  }

  /** Puts back what {@link #recent} returned. */
  void restore(List<Double> values) {
    recent.clear();
    recent.addAll(values);
  }
}
