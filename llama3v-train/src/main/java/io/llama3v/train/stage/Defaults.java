package io.llama3v.train.stage;

/** What configuration records do with values that a file leaves out. */
final class Defaults {
  private Defaults() {}

  static int or(int value, int fallback) {
    return value == 0 ? fallback : value;
  }

  static double or(double value, double fallback) {
    return value == 0 ? fallback : value;
  }

  static <T> T or(T value, T fallback) {
    return value == null ? fallback : value;
  }

  static void positive(String name, double value) {
    if (!(value > 0)) throw new IllegalArgumentException(name + " is " + value + "; expected more than 0");
  }
}
