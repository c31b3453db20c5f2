package io.llama3v.train.stage;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** What configuration records do with values that a file leaves out. */
final class Defaults {
  private Defaults() {}

  static int or(int value, int fallback) {
    return value == 0 ? fallback : value;
  }

  static double or(double value, double fallback) {
    return value == 0 ? fallback : value;
  }

  /** For values of which 0 is one like any other. */
  static Double written(Double value, double fallback) {
    return value == null ? Double.valueOf(fallback) : value;
  }

  static <T> T or(T value, T fallback) {
    return value == null ? fallback : value;
  }

  /** Checks that one value divides another. */
  static void divides(String part, int parts, String whole, int value) {
    if (parts < 1 || value % parts != 0) throw new IllegalArgumentException(part + " " + parts + " does not divide " + whole + " " + value);
  }

  /** A copy in the order of the keys, which does not depend on how the file was written; empty for null. */
  static <T> Map<String, T> sorted(Map<String, T> value) {
    return value == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(value));
  }

  /** Stages with an average of their own, or that compare a model with itself, take whole weights as they come out last. */
  static void noExtras(String stage, TrainingConfig training) {
    if (training.average() != null) throw new IllegalArgumentException(stage + " takes no 'average' in its training");
    if (training.lora() != null) throw new IllegalArgumentException(stage + " takes no 'lora' in its training");
  }

  /** Stages whose rows hold the answers to one question each. */
  static void noPacking(String stage, TrainingConfig training) {
    if (training.packing() != 0) throw new IllegalArgumentException(stage + " takes no 'packing': a row holds the answers to a question");
  }

  /** Checks a value, if it is written. */
  static void notNegative(String name, Double value) {
    if (value != null && !(value >= 0 && value < Double.POSITIVE_INFINITY)) throw new IllegalArgumentException(name + " is " + value + "; expected 0 or more");
  }

  static void positive(String name, double value) {
    if (!(value > 0)) throw new IllegalArgumentException(name + " is " + value + "; expected more than 0");
  }
}
