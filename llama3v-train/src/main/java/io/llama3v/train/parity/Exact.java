package io.llama3v.train.parity;

import io.llama3v.vision.image.ParityResult;

/** Comparisons that only equal bits pass. */
final class Exact {
  private final String name;
  private String worst;
  private double error = -1;

  Exact(String name) {
    this.name = name;
  }

  void compare(String item, float[] expected, float[] actual) {
    double difference = expected.length == actual.length ? 0 : Double.POSITIVE_INFINITY;
    for (int i = 0; difference < Double.POSITIVE_INFINITY && i < expected.length; i++) {
      if (Float.floatToRawIntBits(expected[i]) == Float.floatToRawIntBits(actual[i])) continue;
      double one = Math.abs((double) expected[i] - actual[i]);
      // Zeros of either sign and other pairs without a distance are different bits all the same.
      difference = Double.isNaN(one) ? Double.POSITIVE_INFINITY : Math.max(difference, Math.max(one, Double.MIN_VALUE));
    }
    record(item, difference);
  }

  void require(String item, boolean holds) {
    record(item, holds ? 0 : Double.POSITIVE_INFINITY);
  }

  private void record(String item, double difference) {
    if (difference <= error) return;
    worst = item;
    error = difference;
  }

  ParityResult result() {
    return error < 0 ? new ParityResult(name, false, "nothing to compare", 0, 0)
        : new ParityResult(name, error == 0, error == 0 ? "equal bits" : worst, error, 0);
  }
}
