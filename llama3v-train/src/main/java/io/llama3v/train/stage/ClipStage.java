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
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** CLIP pre-training on single icons and their captions, or on pairs of one's own. With {@code load} in its section it does nothing. */
final class ClipStage implements Stage {
  /** Icons are drawn shapes: shifts and scales leave their meaning alone. Colours stay, since captions name them. */
  private static final Augmentation VARIATION = new Augmentation(0.85, 1.2, 1.05, 0, 0.05, 0.1);

  /** The caption of rendered letters that names no colour. */
  private static final int NO_COLOUR = 1;

  @Override
  public void run(StageContext context) throws IOException {
    ClipSection section = context.config().clip();
    if (section.load() != null) return;
    long seed = context.config().seed();
    try (Tokenizer tokenizer = context.tokenizer(); ClipModel model = new ClipModel(config(section, tokenizer.vocabularySize(),
        tokenizer.specialId(SpecialTokens.BEGIN_OF_TEXT).orElseThrow(), tokenizer.specialId(SpecialTokens.END_OF_TEXT).orElseThrow()))) {
      model.initialize(context.backend(), seed);
      if (section.positionEmbedding() > 0) loudPositions(context, model, section.positionEmbedding());
      if (section.data().isEmpty()) icons(context, section, model, tokenizer);
      else pairs(context, section, model, tokenizer);
      model.save(context.folder("clip"));
    }
  }

  private static void icons(StageContext context, ClipSection section, ClipModel model, Tokenizer tokenizer) throws IOException {
    TrainingConfig t = section.training();
    Map<String, DataConfig> corpus = new TreeMap<>();
    corpus.put("icons", DataConfig.ofCorpus("icons/train", 1 - section.letters()));
    if (section.letters() > 0) corpus.put("letters", DataConfig.ofCorpus("letters/train", section.letters()));
    try (DataSets sets = DataSets.open(DataConfig.resolved(context.config(), corpus), 1, context.config().seed())) {
      DataLoader.Builder<Sample> data = sets.loader(t, context.folder("clip"));
      ClipInput input = new ClipInput(section.imageSize(), section.picture(), section.strokes());
      ClipTraining.runner(model, data, input, VARIATION, (sample, draw) -> caption(sample, draw, section.picture() != ClipPicture.COLOUR))
          .tokenizer(tokenizer).config(t).seed(context.config().seed()).run(context);
    }
  }

  /** Pictures and captions of one's own, neither shifted nor reworded. */
  private static void pairs(StageContext context, ClipSection section, ClipModel model, Tokenizer tokenizer) throws IOException {
    try (DataSets sets = DataSets.open(DataConfig.resolved(context.config(), section.data()), 1, context.config().seed())) {
      ClipInput input = new ClipInput(section.imageSize(), section.picture(), section.strokes());
      ClipTraining.runner(model, sets.loader(section.training(), context.folder("clip")), input, Augmentation.none(), ClipTraining::caption)
          .tokenizer(tokenizer).config(section.training()).seed(context.config().seed()).run(context);
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
    if (names.isEmpty()) return captions.get(NO_COLOUR).asText();
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

  static ClipConfig config(ClipSection s, int vocabulary, int begin, int end) {
    return new ClipConfig(
        new ClipVisionConfig(s.vision().width(), s.vision().mlp(), s.vision().layers(), s.vision().heads(), s.imageSize(), s.patch(), 3,
            UnaryOp.QUICK_GELU, 1e-5, Interpolation.META),
        new ClipTextConfig(vocabulary, s.text().width(), s.text().mlp(), s.text().layers(), s.text().heads(), s.context(),
            UnaryOp.QUICK_GELU, 1e-5, begin, end), s.embed(), Math.log(1 / 0.07));
  }
}
