package io.llama3v.train.stage;

import io.llama3v.adapter.CrossAttentionBlock;
import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.data.pipeline.DataLoader;
import io.llama3v.data.pipeline.Mix64;
import io.llama3v.data.shard.ShardIndex;
import io.llama3v.text.Tokenizer;
import io.llama3v.train.loop.BatchSource;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What adapter pre-training, annealing and fine-tuning share: a frozen language model, tiled pictures, a mixture of two sets. */
final class VlmTraining {
  private VlmTraining() {}

  /**
   * Trains tower and adapters.
   *
   * @param questionShare share of conversations in the mixture; the rest are captions
   * @param dataShare share of the conversations to use, chosen at random by {@code seed}
   */
  static void run(StageContext context, String stage, VisionLanguageModel model, TrainingConfig t, int maxTokens, double questionShare,
      double dataShare, long seed) throws IOException {
    model.freezeLanguageModel();
    int tileSize = model.config().vision().imageSize();
    int tiles = model.config().vision().maxTiles();
    try (Tokenizer tokenizer = context.tokenizer(); ShardIndex scenes = ShardIndex.open(context.shards("scenes/train"));
        ShardIndex questions = ShardIndex.open(context.shards("questions/train"))) {
      PictureSamples samples = new PictureSamples(tokenizer, tileSize, tiles, maxTokens);
      Subset chosen = new Subset(questions, dataShare, seed);
      DataLoader.Builder<VlmBatch.Item> loader = DataLoader.over(questionShare == 1 ? chosen : scenes,
          (sample, position) -> samples.any(sample, Mix64.mix(seed, position)));
      loader.seed(seed).batchSize(t.microBatch()).workers(t.workers());
      if (questionShare > 0 && questionShare < 1) loader.weight(1 - questionShare).mix(chosen, questionShare);
      try (DataLoader<VlmBatch.Item> open = loader.build()) {
        Training.run(context, stage, t, model, new VlmTask(model), BatchSource.of(open, items -> samples.collate(items, t.packing())), seed,
            loop -> loop.every(t.logEvery(), step -> step.log(gates(model))));
      }
    }
  }

  private static Map<String, Double> gates(VisionLanguageModel model) {
    Map<String, Double> values = new LinkedHashMap<>();
    List<CrossAttentionBlock> layers = model.language().crossLayers();
    for (int i = 0; i < layers.size(); i++) {
      double[] gates = layers.get(i).gates();
      values.put("gate/" + i + " attention", gates[0]);
      values.put("gate/" + i + " mlp", gates[1]);
    }
    return values;
  }
}
