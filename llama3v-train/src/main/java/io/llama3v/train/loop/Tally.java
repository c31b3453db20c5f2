package io.llama3v.train.loop;

import io.llama3v.vision.image.ParityResult;

/** Compares numbers with a reference's, and remembers the worst in proportion to what it may differ by. */
final class Tally {
  private final String name;
  private String worst = "nothing to compare";
  private double error;
  private double tolerance;
  private double worstRatio = -1;

  Tally(String name) {
    this.name = name;
  }

  /** A number that may differ by {@code allowed}. */
  void number(String item, double expected, double actual, double allowed) {
    double difference = expected == actual ? 0 : Math.abs(expected - actual);
    record(item, Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference, allowed);
  }

  /** Values each of which may differ by {@code allowed}. */
  void values(String item, float[] expected, float[] actual, double allowed) {
    double largest = actual == null || expected.length != actual.length ? Double.POSITIVE_INFINITY : 0;
    for (int i = 0; largest < Double.POSITIVE_INFINITY && i < expected.length; i++) {
      double difference = Math.abs((double) expected[i] - actual[i]);
      largest = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(largest, difference);
    }
    record(item, largest, allowed);
  }

  private void record(String item, double difference, double allowed) {
    double ratio = difference == 0 ? 0 : difference / Math.max(allowed, Double.MIN_NORMAL);
    if (ratio <= worstRatio) return;
    worstRatio = ratio;
    worst = item;
    error = difference;
    tolerance = allowed;
  }

  /** The outcome; where nothing was compared, a failure. */
  ParityResult result() {
    return new ParityResult(name, worstRatio >= 0 && worstRatio <= 1, worst, error, tolerance);
  }

  static double largest(float[] values) {
    double largest = 0;
    for (float value : values) largest = Math.max(largest, Math.abs(value));
    return largest;
  }
}
