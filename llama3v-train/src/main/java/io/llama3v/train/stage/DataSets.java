package io.llama3v.train.stage;

import io.llama3v.data.pipeline.DataLoader;
import io.llama3v.data.pipeline.OpenSource;
import io.llama3v.data.pipeline.SampleSources;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.sample.SampleSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Data sets, open, in the order of their names. */
final class DataSets implements AutoCloseable {
  private final List<OpenSource> files = new ArrayList<>();
  private final List<SampleSource> sources = new ArrayList<>();
  private final List<Double> weights = new ArrayList<>();

  private DataSets() {}

  /**
   * Opens sets.
   *
   * @param share part of each that is used, beside its own share, chosen at random by the seed
   */
  static DataSets open(Map<String, DataConfig> data, double share, long seed) throws IOException {
    DataSets sets = new DataSets();
    try {
      for (Map.Entry<String, DataConfig> set : data.entrySet()) {
        sets.sources.add(sets.source(set.getKey(), set.getValue(), share, seed));
        sets.weights.add(set.getValue().weight());
      }
      return sets;
    } catch (IOException | RuntimeException failed) {
      sets.close();
      throw failed;
    }
  }

  private SampleSource source(String name, DataConfig set, double outerShare, long seed) throws IOException {
    SampleSource source;
    if (set.lines() != null) {
      source = TextSources.lines(set.lines());
    } else {
      OpenSource opened = SampleSources.open(set.shards());
      files.add(opened);
      source = opened;
    }
    double share = set.share() * outerShare;
    return share < 1 || name.equals(VlmPlan.QUESTIONS) ? new Subset(source, share, seed) : source;
  }

  /** Puts every set in the order of its difficulty. */
  DataSets byDifficulty() throws IOException {
    for (int i = 0; i < sources.size(); i++) sources.set(i, new ByDifficulty(sources.get(i)));
    return this;
  }

  /**
   * A loader of samples in the sets' proportions, in batches of a forward pass.
   *
   * @param folder of the stage
   */
  DataLoader.Builder<Sample> loader(TrainingConfig t, Path folder) {
    DataLoader.Builder<Sample> loader = t.reading(DataLoader.<Sample>over(sources.get(0), sample -> sample), folder);
    if (sources.size() > 1) loader.weight(weights.get(0));
    for (int i = 1; i < sources.size(); i++) loader.mix(sources.get(i), weights.get(i));
    return loader;
  }

  @Override
  public void close() throws IOException {
    for (OpenSource file : files) file.close();
  }
}
