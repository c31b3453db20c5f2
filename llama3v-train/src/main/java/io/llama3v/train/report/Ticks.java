package io.llama3v.train.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Round numbers for an axis. */
final class Ticks {
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

  /** The label of a tick, with as many decimals as tell it from its neighbours. */
  static String label(double tick, double step) {
    if (tick == 0) {
      return "0";
    }
    if (Math.abs(tick) >= 1e4) {
      return Format.si(tick);
    }
    if (step < 1e-3) {
      return String.format(Locale.ROOT, "%.1e", tick).replace("e-0", "e-").replace(".0e", "e");
    }
    int decimals = Math.max(0, (int) Math.ceil(-Math.log10(step) - 1e-9));
    return String.format(Locale.ROOT, "%." + decimals + "f", tick);
  }
}
