package io.llama3v.train.stage;

import io.llama3v.adapter.MllamaConfig;
import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.data.pipeline.DataLoader;
import io.llama3v.data.sample.Sample;
import io.llama3v.tensor.Mix64;
import io.llama3v.train.loop.BatchSource;
import io.llama3v.train.report.MetricNames;
import java.util.LinkedHashMap;
import java.util.Map;

/** What adapter pre-training, annealing and fine-tuning share: a frozen language model and tiled pictures. */
final class VlmTraining {
  private VlmTraining() {}

  /** Makes a text with pictures of a sample; {@code draw} decides what is left to chance. */
  @FunctionalInterface
  interface Layout {
    VlmBatch.Item item(PictureSamples samples, Sample sample, long draw);
  }

  /** A stage on a model and samples. */
  static StageRunner<VlmBatch> runner(String stage, VisionLanguageModel model, DataLoader.Builder<Sample> data, Layout layout) {
    StageRunner<VlmBatch> runner = new StageRunner<>(stage, model, ModelTokenizer.in(model.origin()), (settings, tokenizer) -> {
      PictureSamples samples = PictureSamples.of(model, tokenizer.get(), settings.maxTokens);
      long seed = settings.seed;
      long placesPerStep = (long) data.batchSize() * settings.accumulate;
      DataLoader<VlmBatch.Item> loader = data.<VlmBatch.Item>map((sample, position) -> 
          layout.item(settings.maxTokensByStep == null ? samples : samples.upTo(settings.maxTokensByStep.at(position / placesPerStep)), sample,
              Mix64.mix(seed, position)))
          .seed(seed).build();
      return new StageRunner.Feed<>(new VlmTask(model), BatchSource.of(loader, items -> samples.collate(items, settings.packing)), loader);
    });
    runner.facts.put("batch_size", String.valueOf(data.batchSize()));
    runner.facts.put("tiles", model.config().vision().maxTiles() + " of " + model.config().vision().imageSize());
    model.freezeLanguageModel();
    return runner.loop(loop -> loop.every(runner.logEvery, step -> step.log(gates(model))));
  }

  /** The gates as they act, by the index of their layer among all layers. */
  private static Map<String, Double> gates(VisionLanguageModel model) {
    Map<String, Double> values = new LinkedHashMap<>();
    MllamaConfig c = model.config();
    for (int i = 0; i < c.crossLayers().length; i++) {
      double[] gates = model.language().crossLayers().get(i).gates();
      values.put(MetricNames.GATE + c.crossLayers()[i] + "/attention", gates[0]);
      values.put(MetricNames.GATE + c.crossLayers()[i] + "/mlp", gates[1]);
    }
    return values;
  }
}
