package io.llama3v.train.stage;

import io.llama3v.adapter.MllamaConfig;
import io.llama3v.backend.UnaryOp;
import io.llama3v.io.Json;
import io.llama3v.llama.LlamaConfig;
import io.llama3v.vision.Interpolation;
import io.llama3v.vision.VisionConfig;
import io.llama3v.vision.clip.ClipConfig;
import io.llama3v.vision.clip.ClipTextConfig;
import io.llama3v.vision.clip.ClipVisionConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Shapes of a run's models, found without loading a weight: from a folder's {@code config.json} where it is there, otherwise from what
 * the configuration says. Empty where neither tells.
 */
public final class ModelShapes {
  private static final String CONFIG = "config.json";

  private ModelShapes() {}

  /** The language model, that of the folder, or the one to be trained; its vocabulary is then an upper bound. */
  public static Optional<LlamaConfig> languageModel(PipelineConfig c) throws IOException {
    LanguageModelSection s = c.languageModel();
    if (s == null) return Optional.empty();
    Path file = s.load() == null ? null : s.load().resolve(CONFIG);
    if (s.load() != null && Files.isRegularFile(file) && !Json.read(file).has("vision_config")) return Optional.of(LlamaConfig.fromJson(Json.read(file)));
    if (s.hidden() == 0 || s.layers() == 0 || s.heads() == 0 || s.vocabulary() == 0) return Optional.empty();
    int inner = s.intermediate() == 0 ? s.hidden() * 8 / 3 / 16 * 16 : s.intermediate();
    return Optional.of(LlamaConfig.small(s.vocabulary(), s.hidden(), inner, s.layers(), s.heads(), s.kvHeads() == 0 ? s.heads() : s.kvHeads(),
        s.tied(), 0, 1));
  }

  /** The CLIP model. Its text tower may not be written where it is loaded; the vision tower's shape is what the other stages need. */
  public static Optional<ClipVisionConfig> clipVision(PipelineConfig c) throws IOException {
    ClipSection s = c.clip();
    if (s == null) return Optional.empty();
    if (s.load() != null && Files.isRegularFile(s.load().resolve(CONFIG))) return Optional.of(ClipConfig.read(s.load()).vision());
    if (s.vision() == null || s.imageSize() == 0 || s.patch() == 0) return Optional.empty();
    return Optional.of(new ClipVisionConfig(s.vision().width(), s.vision().mlp(), s.vision().layers(), s.vision().heads(), s.imageSize(),
        s.patch(), 3, UnaryOp.QUICK_GELU, 1e-5, Interpolation.META));
  }

  /** The whole CLIP model, where it is to be trained. */
  public static Optional<ClipConfig> clip(PipelineConfig c) throws IOException {
    ClipSection s = c.clip();
    if (s == null || s.load() != null) return Optional.empty();
    ClipVisionConfig vision = clipVision(c).orElseThrow();
    int vocabulary = languageModel(c).map(LlamaConfig::vocabSize).orElse(0);
    if (vocabulary == 0) return Optional.empty();
    return Optional.of(new ClipConfig(vision, new ClipTextConfig(vocabulary, s.text().width(), s.text().mlp(), s.text().layers(),
        s.text().heads(), s.context(), UnaryOp.QUICK_GELU, 1e-5, 0, 1), s.embed(), 0));
  }

  /**
   * The vision-language model of a stage: that of a folder it begins with, or, where there is none, what the sections of the
   * language model, of CLIP and of the adapters make together.
   *
   * @param from folder that the stage begins with, where it is not the run's own model; null
   * @param tileSize side of a tile in pixels; 0 for that of the model the stage begins with
   */
  public static Optional<MllamaConfig> visionLanguage(PipelineConfig c, Path from, int tileSize) throws IOException {
    Path file = from == null ? null : from.resolve(CONFIG);
    if (from != null && Files.isRegularFile(file)) {
      MllamaConfig found = MllamaConfig.fromJson(Json.read(file));
      return Optional.of(tileSize == 0 ? found : new MllamaConfig(found.vision().withImageSize(tileSize), found.text(), found.crossLayers(),
          found.imageToken(), found.padToken()));
    }
    Optional<LlamaConfig> llama = languageModel(c);
    Optional<ClipVisionConfig> clip = clipVision(c);
    if (llama.isEmpty() || clip.isEmpty() || c.adapter() == null) return Optional.empty();
    int own = c.annealing() == null ? c.adapter().tileSize() : c.annealing().tileSize();
    VisionConfig vision = VisionConfig.fromClip(clip.get(), AdapterStage.options(c.adapter(), tileSize == 0 ? own : tileSize));
    return Optional.of(MllamaConfig.of(vision, llama.get(), c.adapter().every(), -1, 0));
  }
}
