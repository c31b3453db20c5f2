package io.llama3v.train.stage;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.backend.UnaryOp;
import io.llama3v.data.pipeline.DataLoader;
import io.llama3v.data.pipeline.Mix64;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.shard.ShardIndex;
import io.llama3v.tensor.Init;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Tensor;
import io.llama3v.text.ContextWindow;
import io.llama3v.text.SpecialTokens;
import io.llama3v.text.Tokenizer;
import io.llama3v.train.loop.BatchSource;
import io.llama3v.train.loop.ContrastiveTask;
import io.llama3v.train.optim.Constraints;
import io.llama3v.vision.Interpolation;
import io.llama3v.vision.clip.ClipConfig;
import io.llama3v.vision.clip.ClipModel;
import io.llama3v.vision.clip.ClipTextConfig;
import io.llama3v.vision.clip.ClipVisionConfig;
import io.llama3v.vision.image.Augmentation;
import java.io.IOException;
import java.util.List;

/** CLIP pre-training on single icons and their captions. With {@code load} in its section it does nothing. */
final class ClipStage implements Stage {
  /** Icons are drawn shapes: shifts and scales leave their meaning alone. Colours stay, since captions name them. */
  private static final Augmentation VARIATION = new Augmentation(0.85, 1.2, 1.05, 0, 0.05, 0.1);

  /** A picture [3, S, S] and its caption's tokens. */
  private record Pair(float[] pixels, int[] ids) {}

  /** Pictures [B, 3, S, S] and captions [B, T]. */
  private record Batch(int size, float[] pixels, int[] ids) {}

  @Override
  public void run(StageContext context) throws IOException {
    ClipSection section = context.config().clip();
    if (section.load() != null) return;
    TrainingConfig t = section.training();
    long seed = context.config().seed();
    try (Tokenizer tokenizer = context.tokenizer(); ClipModel model = new ClipModel(config(section, tokenizer));
        ShardIndex index = ShardIndex.open(context.shards("icons/train"))) {
      model.initialize(context.backend(), seed);
      if (section.positionEmbedding() > 0) loudPositions(context, model, section.positionEmbedding());
      ContextWindow window = ContextWindow.llama3(tokenizer, section.context());
      ClipInput input = new ClipInput(section.imageSize(), section.picture());
      try (DataLoader<Pair> loader = DataLoader.<Pair>over(index, (sample, position) -> pair(sample, Mix64.mix(seed, position), window, input, section.picture() != ClipPicture.COLOUR))
          .seed(seed).batchSize(t.microBatch()).workers(t.workers()).build()) {
        Training.run(context, "clip", t, model, task(context, model, section), BatchSource.of(loader, ClipStage::collate), seed,
            loop -> loop.afterUpdate(() -> Constraints.clampLogitScale(model.logitScale())));
      }
      model.save(context.folder("clip"));
    }
  }

  /**
   * Fresh patch embeddings are ten times as large as CLIP's fresh position embeddings, so that at first a picture is a bag of
   * patches. Long trainings do not mind; one of a few minutes does.
   */
  private static void loudPositions(StageContext context, ClipModel model, double deviation) {
    String name = "vision_model.embeddings.position_embedding.weight";
    Parameter positions = model.parameters().get(name);
    context.backend().upload(Init.normal(deviation).values(context.config().seed(), name, positions.shape()), positions);
  }

  private static Pair pair(Sample sample, long draw, ContextWindow window, ClipInput input, boolean colourless) {
    // Mostly the plain list of names that retrieval is measured with, otherwise any of the captions.
    JsonNode captions = sample.json().path("captions");
    String colour = sample.json().path("colour").asText(null);
    int choice = (int) Long.remainderUnsigned(Mix64.mix(draw), 4L * captions.size());
    String caption = choice < captions.size() ? captions.get(choice).asText() : sample.json().path("names").asText();
    if (colourless && colour != null && caption.contains(colour)) caption = sample.json().path("names").asText();
    return new Pair(input.pixels(sample, VARIATION, draw), window.encode(caption));
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

  private static ContrastiveTask<Batch> task(StageContext context, ClipModel model, ClipSection section) {
    return new ContrastiveTask<>() {
      @Override
      public Tensor imageEmbeddings(Batch batch) {
        return model.imageEmbeddings(context.backend().tensor(batch.pixels, batch.size, 3, section.imageSize(), section.imageSize()));
      }

      @Override
      public Tensor textEmbeddings(Batch batch) {
        return model.textEmbeddings(context.backend().tensor(batch.ids, batch.size, section.context()), null);
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
    };
  }

  static ClipConfig config(ClipSection s, Tokenizer tokenizer) {
    int bos = tokenizer.specialId(SpecialTokens.BEGIN_OF_TEXT).orElseThrow();
    int eos = tokenizer.specialId(SpecialTokens.END_OF_TEXT).orElseThrow();
    return new ClipConfig(
        new ClipVisionConfig(s.vision().width(), s.vision().mlp(), s.vision().layers(), s.vision().heads(), s.imageSize(), s.patch(), 3,
            UnaryOp.QUICK_GELU, 1e-5, Interpolation.META),
        new ClipTextConfig(tokenizer.vocabularySize(), s.text().width(), s.text().mlp(), s.text().layers(), s.text().heads(), s.context(),
            UnaryOp.QUICK_GELU, 1e-5, bos, eos), s.embed(), Math.log(1 / 0.07));
  }
}
