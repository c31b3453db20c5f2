package io.llama3v.train.eval;

import java.util.OptionalDouble;

/**
 * ChartQA's relaxed accuracy (Masry et al. 2022; details as in Pix2Struct): a numeric answer may be off by 5 % of the target, any other
 * answer must be equal but for case.
 *
 * <p>A trailing {@code %} divides by 100, so "12%" and "0.12" are equal. A target of 0 allows no relative error and is compared as a
 * string: "0" does not match "0.0". Thousands separators are not numbers here: "1,000" matches only itself.
 * Report the human and the augmented half apart: {@link GroupedMean} with these two as groups.
 */
public final class RelaxedAccuracy {
  private static final double TOLERANCE = 0.05;

  private RelaxedAccuracy() { }

  /** Whether the prediction counts as right. */
  public static boolean matches(String prediction, String target) {
    OptionalDouble predicted = number(prediction);
    OptionalDouble expected = number(target);
    if (predicted.isPresent() && expected.isPresent() && expected.getAsDouble() != 0) {
      double truth = expected.getAsDouble();
      return Math.abs(predicted.getAsDouble() - truth) / Math.abs(truth) <= TOLERANCE;
    }
    return PythonText.lower(prediction).equals(PythonText.lower(target));
  }

  private static OptionalDouble number(String text) {
    if (!text.endsWith("%")) {
      return PythonText.parseFloat(text);
    }
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == '%') {
      end--;
    }
    OptionalDouble percent = PythonText.parseFloat(text.substring(0, end));
    return percent.isPresent() ? OptionalDouble.of(percent.getAsDouble() / 100.0) : percent;
  }
}
