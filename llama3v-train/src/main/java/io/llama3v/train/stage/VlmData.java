package io.llama3v.train.stage;

import io.llama3v.data.pipeline.DataLoader;
import io.llama3v.data.pipeline.ScheduledOrder;
import io.llama3v.data.sample.Sample;
import io.llama3v.train.optim.Curve;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The data of a stage on a vision-language model: its sets in proportions, and from a part of each, that may change on the way. */
final class VlmData {
  private VlmData() {}

  static DataSets open(VlmPlan plan) throws IOException {
    DataSets sets = DataSets.open(plan.data(), plan.share(), plan.seed());
    return plan.schedules().difficulty() == null ? sets : sets.byDifficulty();
  }

  static DataLoader.Builder<Sample> loader(VlmPlan plan, DataSets sets, Path folder) {
    TrainingConfig t = plan.training();
    DataLoader.Builder<Sample> loader = sets.loader(t, folder);
    return plan.changesData() ? loader.schedule(mixture(plan), t.batchSize(), t.steps()) : loader;
  }

  private static ScheduledOrder.Mixture mixture(VlmPlan plan) {
    List<String> names = List.copyOf(plan.data().keySet());
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
}
