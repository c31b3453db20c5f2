package io.llama3v.train.stage;

import io.llama3v.train.optim.Curve;
import java.util.Arrays;
import java.util.Map;

/**
 * What changes over the steps of a stage; what is left out does not.
 *
 * @param tileSize side of a tile in pixels; {@code step} only, since each change resizes the position tables
 * @param maxTokens longest text
 * @param difficulty the part of every data set, from its easiest sample on, that is drawn from: 0.3 is the easiest 30 %
 * @param learningRate learning rate in absolute numbers, instead of the training's peak, warm-up, schedule and floor
 * @param mixture weights of data sets by name
 */
public record SchedulesConfig(CurveConfig tileSize, CurveConfig maxTokens, CurveConfig difficulty, CurveConfig learningRate,
    Map<String, CurveConfig> mixture) {
  /** Nothing changes. */
  public static final SchedulesConfig NONE = new SchedulesConfig(null, null, null, null, null);

  /** Checks. */
  public SchedulesConfig {
    mixture = Defaults.sorted(mixture);
    if (tileSize != null) {
      if (tileSize.shape() != Curve.Shape.STEP) throw new IllegalArgumentException("tile_size changes at steps only: leave out its shape");
      whole("tile_size", tileSize);
      if (tileSize.curve().steps()[0] != 0) throw new IllegalArgumentException("tile_size needs a value at step 0");
    }
    if (maxTokens != null) whole("max_tokens", maxTokens);
    range("difficulty", difficulty, Double.MIN_VALUE, 1, "a part of the data, above 0 and up to 1");
    range("learning_rate", learningRate, 0, Double.MAX_VALUE, "0 or more");
    mixture.forEach((name, curve) -> range("mixture." + name, curve, 0, Double.MAX_VALUE, "0 or more"));
  }

  private static void whole(String name, CurveConfig curve) {
    for (double value : curve.at().values()) {
      if (!(value >= 1) || curve.shape() == Curve.Shape.STEP && value != Math.rint(value)) {
        throw new IllegalArgumentException(name + " " + value + "; expected a whole number, 1 or more");
      }
    }
  }

  private static void range(String name, CurveConfig curve, double least, double most, String expected) {
    if (curve == null) return;
    for (double value : curve.at().values()) {
      if (!(value >= least && value <= most)) throw new IllegalArgumentException(name + " " + value + "; expected " + expected);
    }
  }

  /** The tile size after the last change; {@code constant} where there is none. */
  int lastTileSize(int constant) {
    if (tileSize == null) return constant;
    int last = (int) tileSize.curve().last();
    if (constant != 0 && constant != last) {
      throw new IllegalArgumentException("tile_size is " + constant + " and ends at " + last + " in schedules; leave out one of them");
    }
    return last;
  }

  /** Steps at which the tile size changes, the first one, 0, included, below {@code steps}. */
  long[] tileSteps(long steps) {
    if (tileSize == null) return new long[] {0};
    Curve curve = tileSize.curve();
    return Arrays.stream(curve.steps()).filter(step -> step < steps && (step == 0 || curve.at(step) != curve.at(step - 1))).toArray();
  }
}
