package io.llama3v.vision.image;

import java.util.Arrays;

/** Collects the comparisons of one group and remembers the worst. */
final class ParityGroup {
  private final String name;
  private final double absolute;
  private final double relative;
  private String worst = "";
  private double error;
  private double tolerance;
  private double worstExcess = Double.NEGATIVE_INFINITY;

  /**
   * @param absolute difference that always passes
   * @param relative difference that passes as a share of the expected tensor's largest value
   */
  ParityGroup(String name, double absolute, double relative) {
    this.name = name;
    this.absolute = absolute;
    this.relative = relative;
    this.tolerance = absolute;
  }

  void compare(String item, float[] expected, float[] actual) {
    double difference = expected.length == actual.length ? 0 : Double.POSITIVE_INFINITY;
    double largest = 0;
    for (int i = 0; i < expected.length && difference != Double.POSITIVE_INFINITY; i++) {
      double one = Math.abs((double) expected[i] - actual[i]);
      // two NaNs would pass for equal bits, but a reference has none
      difference = Double.isNaN(one) ? Double.POSITIVE_INFINITY : Math.max(difference, one);
      largest = Math.max(largest, Math.abs(expected[i]));
    }
    record(item, difference, Math.max(absolute, relative * largest));
  }

  void compare(String item, long[] expected, long[] actual) {
    record(item, Arrays.equals(expected, actual) ? 0 : Double.POSITIVE_INFINITY, 0);
  }

  /** An item that could not be computed at all. */
  void fail(String item) {
    record(item, Double.POSITIVE_INFINITY, 0);
  }

  private void record(String item, double difference, double allowed) {
    double excess = difference == 0 ? -allowed : difference / Math.max(allowed, Double.MIN_NORMAL);
    if (excess > worstExcess) {
      worstExcess = excess;
      worst = item;
      error = difference;
      tolerance = allowed;
    }
  }

  ParityResult result() {
    return new ParityResult(name, !worst.isEmpty() && error <= tolerance, worst.isEmpty() ? "nothing to compare" : worst, error, tolerance);
  }
}
