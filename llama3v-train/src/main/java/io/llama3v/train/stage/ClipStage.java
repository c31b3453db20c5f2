package io.llama3v.train.stage;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.backend.UnaryOp;
import io.llama3v.data.pipeline.DataLoader;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.shard.ShardIndex;
import io.llama3v.tensor.Init;
import io.llama3v.tensor.Mix64;
import io.llama3v.tensor.Parameter;
import io.llama3v.text.SpecialTokens;
import io.llama3v.text.Tokenizer;
import io.llama3v.vision.Interpolation;
import io.llama3v.vision.clip.ClipConfig;
import io.llama3v.vision.clip.ClipModel;
import io.llama3v.vision.clip.ClipTextConfig;
import io.llama3v.vision.clip.ClipVisionConfig;
import io.llama3v.vision.image.Augmentation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/** CLIP pre-training on single icons and their captions. With {@code load} in its section it does nothing. */
final class ClipStage implements Stage {
  /** Icons are drawn shapes: shifts and scales leave their meaning alone. Colours stay, since captions name them. */
  private static final Augmentation VARIATION = new Augmentation(0.85, 1.2, 1.05, 0, 0.05, 0.1);

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
      DataLoader.Builder<Sample> data = DataLoader.<Sample>over(index, sample -> sample).batchSize(t.microBatch()).workers(t.workers());
      ClipInput input = new ClipInput(section.imageSize(), section.picture(), section.strokes());
      ClipTraining.runner(model, data, input, VARIATION, (sample, draw) -> caption(sample, draw, section.picture() != ClipPicture.COLOUR))
          .tokenizer(tokenizer).config(t).seed(seed).run(context);
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
    Init.normal(deviation).fill(context.config().seed(), name, context.backend(), positions);
  }

  private static String caption(Sample sample, long draw, boolean colourless) {
    JsonNode captions = sample.json().path("captions");
    String names = sample.json().path("names").asText();
    String colour = sample.json().path("colour").asText(null);
    SplittableRandom random = new SplittableRandom(Mix64.mix(draw));
    if (random.nextInt(4) == 0) {
      String caption = captions.get(random.nextInt(captions.size())).asText();
      if (!colourless || colour == null || !caption.contains(colour)) return caption;
    }
    return random.nextBoolean() ? names : some(names, random);
  }

  /** The label and some of the tags, the tags in any order: retrieval asks with all of them, but a list learned by heart helps nobody. */
  private static String some(String names, SplittableRandom random) {
    List<String> list = new ArrayList<>(List.of(names.split(", ")));
    for (int i = list.size(); i > 2; i--) Collections.swap(list, i - 1, 1 + random.nextInt(i - 1));
    return String.join(", ", list.subList(0, 1 + random.nextInt(list.size())));
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
