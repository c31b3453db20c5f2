package io.llama3v.data.curate.spark;

import io.llama3v.data.curate.Candidate;
import io.llama3v.data.curate.CurationRecord;
import io.llama3v.data.curate.Step;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.spark.TaskContext;

/** Changes nothing, and fails in the first attempt of a Spark task at one shard. */
final class FailsOnce implements Step<Void> {
  private final int shard;

  FailsOnce(int shard) {
    this.shard = shard;
  }

  @Override
  public String name() {
    return "fails-once";
  }

  @Override
  public Map<String, String> settings() {
    return Map.of("version", "1");
  }

  @Override
  public List<CurationRecord> measure(List<Candidate> batch) throws IOException {
    TaskContext task = TaskContext.get();
    if (task != null && task.attemptNumber() == 0 && batch.get(0).record().shard() == shard) {
      throw new IOException("this attempt fails on purpose");
    }
    return Step.super.measure(batch);
  }
}
