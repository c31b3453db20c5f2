package io.llama3v.train.stage;

import io.llama3v.data.pipeline.DataLoader;
import io.llama3v.data.pipeline.ScheduledOrder;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.sample.SampleSource;
import io.llama3v.data.shard.ShardIndex;
import io.llama3v.train.optim.Curve;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The data sets of a stage, open, and the loader that mixes them. */
final class VlmData implements AutoCloseable {
  private final List<ShardIndex> shards = new ArrayList<>();
  private final List<SampleSource> sources = new ArrayList<>();
  private final VlmPlan plan;

  private VlmData(VlmPlan plan) {
    this.plan = plan;
  }

  /** Opens the sets in the order of their names. */
  static VlmData open(VlmPlan plan) throws IOException {
    VlmData data = new VlmData(plan);
    try {
      for (Map.Entry<String, DataConfig> set : plan.data().entrySet()) data.sources.add(data.source(set.getKey(), set.getValue()));
      return data;
    } catch (IOException | RuntimeException failed) {
      data.close();
      throw failed;
    }
  }

  private SampleSource source(String name, DataConfig set) throws IOException {
    SampleSource source;
    if (set.lines() != null) {
      source = TextSources.lines(set.lines());
    } else {
      ShardIndex index = ShardIndex.open(set.shards());
      shards.add(index);
      source = index;
    }
    double share = set.share() * plan.share();
    if (share < 1 || name.equals(VlmPlan.QUESTIONS)) source = new Subset(source, share, plan.seed());
    return plan.schedules().difficulty() == null ? source : new ByDifficulty(source);
  }

  /** A loader of samples in the stage's mixture, in batches of a forward pass. */
  DataLoader.Builder<Sample> loader() {
    TrainingConfig t = plan.training();
    List<String> names = List.copyOf(plan.data().keySet());
    DataLoader.Builder<Sample> loader = DataLoader.<Sample>over(sources.get(0), sample -> sample).batchSize(t.microBatch()).workers(t.workers());
    if (sources.size() > 1) loader.weight(plan.data().get(names.get(0)).weight());
    for (int i = 1; i < sources.size(); i++) loader.mix(sources.get(i), plan.data().get(names.get(i)).weight());
    return plan.changesData() ? loader.schedule(mixture(names), t.batchSize(), t.steps()) : loader;
  }

  private ScheduledOrder.Mixture mixture(List<String> names) {
    Curve difficulty = plan.schedules().difficulty() == null ? null : plan.schedules().difficulty().curve();
    return new ScheduledOrder.Mixture() {
      @Override
      public double[] weights(long step) {
        return names.stream().mapToDouble(name -> plan.weight(name, step)).toArray();
      }

      @Override
      public double[] pools(long step) {
        if (difficulty == null) return null;
        double[] pools = new double[names.size()];
        Arrays.fill(pools, difficulty.at(step));
        return pools;
      }
    };
  }

  @Override
  public void close() throws IOException {
    for (ShardIndex index : shards) index.close();
  }
}
