package example;

import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.backend.Backend;
import io.llama3v.data.pipeline.DataLoader;
import io.llama3v.data.sample.SampleSource;
import io.llama3v.data.shard.ShardIndex;
import io.llama3v.llama.LlamaModel;
import io.llama3v.train.optim.Schedule;
import io.llama3v.train.stage.Evaluation;
import io.llama3v.train.stage.StageRunner;
import io.llama3v.vision.clip.ClipModel;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Any Llama, any CLIP, fresh adapters before every fourth block, trained on shards of captioned pictures:
 * AdapterPretraining LLAMA CLIP 'shards/{00000..00099}.tar' HELD_OUT OUT.
 */
public final class AdapterPretraining {
  private AdapterPretraining() {}

  static void train(Backend backend, Path llama, Path clip, Path shards, SampleSource heldOut, int tileSize, Schedule schedule,
      Path run, Path out) throws IOException {
    try (ClipModel encoder = ClipModel.load(backend, clip);
         VisionLanguageModel model = VisionLanguageModel.builder()
             .languageModel(LlamaModel.load(backend, llama))           // frozen
             .visionEncoder(encoder.vision())
             .crossAttentionEvery(4).tiles(4).tileSize(tileSize).build()) {
      StageRunner.adapterPretrain(model, DataLoader.open(shards).batchSize(8))
          .learningRate(schedule).weightDecay(0.01)
          .every(500, Evaluation.retrieval(heldOut)).run(run);
      model.save(out);                                                 // Hugging Face layout
    }
  }

  public static void main(String[] args) throws IOException {
    try (Backend backend = Backend.best(); ShardIndex heldOut = ShardIndex.open(args[3])) {
      train(backend, Path.of(args[0]), Path.of(args[1]), Path.of(args[2]), heldOut, 336, Schedule.warmupCosine(1e-3, 2_000, 100_000),
          Path.of("runs/adapter"), Path.of(args[4]));
    }
  }
}
