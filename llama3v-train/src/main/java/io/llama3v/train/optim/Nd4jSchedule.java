package io.llama3v.train.optim;

import org.nd4j.linalg.schedule.ISchedule;

/** A {@link Schedule} seen through ND4J's interface. It holds no state, so that a clone is the object itself. */
record Nd4jSchedule(Schedule schedule) implements ISchedule {

  @Override
  public double valueAt(int iteration, int epoch) {
    return schedule.at(iteration);
  }

  @Override
  public ISchedule clone() {
    return this;
  }
}
