package io.llama3v.train.optim;

import java.util.OptionalLong;

/** A schedule that says how many steps it was made for. */
record BoundedSchedule(Schedule values, long steps) implements Schedule {
  @Override
  public double at(long step) {
    return values.at(step);
  }

  @Override
  public OptionalLong length() {
    return OptionalLong.of(steps);
  }
}
