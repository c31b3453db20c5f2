package io.llama3v.train.stage;

import io.llama3v.adapter.MllamaConfig;
import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.data.pipeline.DataLoader;
import io.llama3v.data.pipeline.Mix64;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.shard.ShardIndex;
import io.llama3v.text.Tokenizer;
import io.llama3v.train.loop.BatchSource;
import io.llama3v.train.report.MetricNames;
import java.io.IOException;
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
      DataLoader<VlmBatch.Item> loader = data.<VlmBatch.Item>map((sample, position) -> layout.item(samples, sample, Mix64.mix(seed, position)))
          .seed(seed).build();
      return new StageRunner.Feed<>(new VlmTask(model), BatchSource.of(loader, items -> samples.collate(items, settings.packing)), loader);
    });
    runner.facts.put("batch_size", String.valueOf(data.batchSize()));
    runner.facts.put("tiles", model.config().vision().maxTiles() + " of " + model.config().vision().imageSize());
    model.freezeLanguageModel();
    return runner.loop(loop -> loop.every(runner.logEvery, step -> step.log(gates(model))));
  }

  /**
   * Trains tower and adapters on the corpus of a pipeline.
   *
   * @param questionShare share of conversations in the mixture; the rest are captions
   * @param dataShare share of the conversations to use, chosen at random by {@code seed}
   */
  static void run(StageContext context, String stage, VisionLanguageModel model, TrainingConfig t, int maxTokens, double questionShare,
      double dataShare, long seed) throws IOException {
    try (Tokenizer tokenizer = context.tokenizer(); ShardIndex scenes = ShardIndex.open(context.shards("scenes/train"));
        ShardIndex questions = ShardIndex.open(context.shards("questions/train"))) {
      Subset chosen = new Subset(questions, dataShare, seed);
      DataLoader.Builder<Sample> data = DataLoader.<Sample>over(questionShare == 1 ? chosen : scenes, sample -> sample)
          .batchSize(t.microBatch()).workers(t.workers());
      if (questionShare > 0 && questionShare < 1) data.weight(1 - questionShare).mix(chosen, questionShare);
      runner(stage, model, data, PictureSamples::any).tokenizer(tokenizer).config(t).maxTokens(maxTokens).seed(seed).run(context);
    }
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
