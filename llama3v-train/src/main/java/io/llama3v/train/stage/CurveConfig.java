package io.llama3v.train.stage;

import io.llama3v.train.optim.Curve;
import java.util.Comparator;
import java.util.Map;

/**
 * A value that changes over the steps of a stage: {@code {shape: linear, at: {0: 0.2, 5000: 0.6}}}.
 *
 * @param shape what happens between two points; {@code step} unless told otherwise
 * @param at values by step, the stage's first step being 0
 */
public record CurveConfig(Curve.Shape shape, Map<String, Double> at) {
  /** Checks. */
  public CurveConfig {
    shape = Defaults.or(shape, Curve.Shape.STEP);
    if (at == null || at.isEmpty()) throw new IllegalArgumentException("a schedule needs 'at', values by step: {0: 24, 500: 32}");
    at = Defaults.sorted(at);
    curve(shape, at);
  }

  /** The curve. */
  public Curve curve() {
    return curve(shape, at);
  }

  private static Curve curve(Curve.Shape shape, Map<String, Double> at) {
    return new Curve(shape, at.entrySet().stream().map(e -> new Curve.Point(step(e.getKey()), e.getValue()))
        .sorted(Comparator.comparingLong(Curve.Point::step)).toList());
  }

  private static long step(String key) {
    try {
      return Long.parseLong(key.replace("_", ""));
    } catch (NumberFormatException notANumber) {
      throw new IllegalArgumentException("'" + key + "' is no step; expected a whole number, as in {0: 24, 500: 32}", notANumber);
    }
  }
}
