package io.llama3v.train.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Round numbers for an axis. */
final class Ticks {
  private static final String LETTERS = " kMGTPEZY";
  private static final int MOST_DECIMALS = 15;

  private Ticks() { }

  /** Multiples of 1, 2 or 5 times a power of ten inside [low, high], about {@code wanted} of them. */
  static List<Double> between(double low, double high, int wanted) {
    List<Double> ticks = new ArrayList<>();
    double step = step((high - low) / Math.max(1, wanted));
    if (!(step > 0) || Double.isInfinite(step)) {
      return ticks;
    }
    for (long i = (long) Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) {
      ticks.add(i * step);
    }
    return ticks;
  }

  private static double step(double rough) {
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double digits = rough / power;
    return power * (digits < 1.5 ? 1 : digits < 3.5 ? 2 : digits < 7.5 ? 5 : 10);
  }

  /** The label of a tick, with as many digits as tell it from its neighbours, {@code step} away. */
  static String label(double tick, double step) {
    if (Math.abs(tick) < step / 2) {
      return "0";
    }
    double size = Math.abs(tick);
    if (step < 1e-3 && size < 100 * step || size >= 1e27) {
      int exponent = (int) Math.floor(Math.log10(size * (1 + 1e-12)));
      double unit = Math.pow(10, exponent);
      return fixed(tick / unit, step / unit) + "e" + exponent;
    }
    if (size >= 1e4) {
      int thousands = (int) (Math.log10(size * (1 + 1e-12)) / 3);
      double unit = Math.pow(1000, thousands);
      return fixed(tick / unit, step / unit) + LETTERS.charAt(thousands);
    }
    return fixed(tick, step);
  }

  private static String fixed(double value, double step) {
    int decimals = Math.max(0, Math.min(MOST_DECIMALS, (int) Math.ceil(-Math.log10(step) - 1e-9)));
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }
}
