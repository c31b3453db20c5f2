package io.llama3v.train.stage;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.data.pipeline.DataLoader;
import io.llama3v.data.sample.Sample;
import io.llama3v.tensor.Mix64;
import io.llama3v.tensor.Tensor;
import io.llama3v.text.ContextWindow;
import io.llama3v.train.loop.BatchSource;
import io.llama3v.train.loop.ContrastiveTask;
import io.llama3v.train.loop.Task;
import io.llama3v.train.optim.Constraints;
import io.llama3v.vision.clip.ClipModel;
import io.llama3v.vision.image.Augmentation;
import java.util.List;

/** Contrastive training of pictures and captions. */
final class ClipTraining {
  private ClipTraining() {}

  /** A picture [3, S, S] and its caption's tokens. */
  record Pair(float[] pixels, int[] ids) {}

  /** Pictures [B, 3, S, S] and captions [B, T]. */
  record Batch(int size, float[] pixels, int[] ids) {}

  /** Chooses a caption of a sample; {@code draw} decides what is left to chance. */
  @FunctionalInterface
  interface Captions {
    String choose(Sample sample, long draw);
  }

  /** CLIP pre-training on samples as they are, with any one of their captions. */
  static StageRunner<Batch> runner(ClipModel model, DataLoader.Builder<Sample> data) {
    ClipInput input = new ClipInput(model.config().vision().imageSize(), ClipPicture.COLOUR);
    return runner(model, data, input, Augmentation.none(), ClipTraining::caption).betas(0.9, 0.98).epsilon(1e-6).weightDecay(0.2);
  }

  static StageRunner<Batch> runner(ClipModel model, DataLoader.Builder<Sample> data, ClipInput input, Augmentation augmentation,
      Captions captions) {
    StageRunner<Batch> runner = new StageRunner<>("clip", model, ModelTokenizer.in(model.origin()), (settings, tokenizer) -> {
      ContextWindow window = ContextWindow.of(tokenizer.get(), model.config().text().maxPositions());
      long seed = settings.seed;
      DataLoader<Pair> loader = data.<Pair>map((sample, position) -> {
        long draw = Mix64.mix(seed, position);
        return new Pair(input.pixels(sample, augmentation, draw), window.encode(captions.choose(sample, draw)));
      }).seed(seed).build();
      return new StageRunner.Feed<>(task(model), BatchSource.of(loader, ClipTraining::collate), loader);
    });
    runner.facts.put("batch_size", String.valueOf(data.batchSize()));
    return runner.loop(loop -> loop.afterUpdate(() -> Constraints.clampLogitScale(model.logitScale())));
  }

  /** The task of a model. */
  static Task<Batch> task(ClipModel model) {
    return new Contrast(model);
  }

  /** One of a sample's captions, or its text. */
  static String caption(Sample sample, long draw) {
    JsonNode captions = PictureSamples.described(sample).path("captions");
    return captions.isEmpty() ? sample.text() : captions.get((int) Long.remainderUnsigned(Mix64.mix(draw), captions.size())).asText();
  }

  private static Batch collate(List<Pair> pairs) {
    int pixels = pairs.get(0).pixels.length;
    int length = pairs.get(0).ids.length;
    Batch batch = new Batch(pairs.size(), new float[pairs.size() * pixels], new int[pairs.size() * length]);
    for (int i = 0; i < pairs.size(); i++) {
      System.arraycopy(pairs.get(i).pixels, 0, batch.pixels, i * pixels, pixels);
      System.arraycopy(pairs.get(i).ids, 0, batch.ids, i * length, length);
    }
    return batch;
  }

  /** The contrastive loss of a window. */
  private record Contrast(ClipModel model) implements ContrastiveTask<Batch> {
    @Override
    public Tensor imageEmbeddings(Batch batch) {
      int side = model.config().vision().imageSize();
      return model.imageEmbeddings(model.logitScale().backend().tensor(batch.pixels, batch.size, 3, side, side));
    }

    @Override
    public Tensor textEmbeddings(Batch batch) {
      return model.textEmbeddings(model.logitScale().backend().tensor(batch.ids, batch.size, batch.ids.length / batch.size), null);
    }

    @Override
    public Tensor logitScale() {
      return model.logitScale();
    }

    @Override
    public double count(Batch batch) {
      return batch.size;
    }

    @Override
    public long images(Batch batch) {
      return batch.size;
    }
  }
}
