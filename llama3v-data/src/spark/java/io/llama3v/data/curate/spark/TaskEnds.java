package io.llama3v.data.curate.spark;

import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/** Hears of each task that ends, well or not. */
final class TaskEnds extends SparkListener {
  private final Runnable heard;

  TaskEnds(Runnable heard) {
    this.heard = heard;
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd end) {
    heard.run();
  }
}
