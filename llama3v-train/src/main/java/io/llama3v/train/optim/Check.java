package io.llama3v.train.optim;

import java.util.List;

/** Checks of the arguments of schedules and optimisers, in words that say how to mend them. */
final class Check {
  private Check() { }

  static void rate(String name, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(name + " is " + value + ": give a finite number, 0 or more");
    }
  }

  static void fraction(String name, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(name + " is " + value + ": give a number from 0 up to, but not including, 1");
    }
  }

  static void minimum(double minimum, double peak) {
    rate("minimum", minimum);
    if (minimum > peak) {
      throw new IllegalArgumentException("minimum " + minimum + " is above the peak " + peak + ": a decay ends at or below its peak");
    }
  }

  static void steps(String name, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " is " + value + ": give a number of steps, 0 or more");
    }
  }

  static void window(long warmup, long total) {
    steps("warmup", warmup);
    steps("total", total);
    if (warmup > total) {
      throw new IllegalArgumentException("warmup of " + warmup + " steps is longer than the whole run of " + total
          + ": lower warmup or raise total");
    }
  }

  static void pieces(List<Schedule.Piece> pieces) {
    if (pieces.isEmpty() || pieces.get(0).start() != 0) {
      throw new IllegalArgumentException("a piecewise schedule needs a first piece that starts at step 0");
    }
    for (int i = 1; i < pieces.size(); i++) {
      if (pieces.get(i).start() <= pieces.get(i - 1).start()) {
        throw new IllegalArgumentException("piece " + i + " starts at step " + pieces.get(i).start() + ", not after piece " + (i - 1)
            + " at step " + pieces.get(i - 1).start() + ": list the pieces in order");
      }
    }
  }
}
