package io.llama3v.train.stage;

import io.llama3v.data.corpus.CorpusConfig;
import java.nio.file.Path;

/**
 * The corpus that the quickstart trains on.
 *
 * @param webjars folder with the icon WebJars
 * @param folder where the corpus is written, or has been
 * @param iconVariants pictures of each training icon
 * @param iconTags labels by its makers that describe an icon beside its name, at most
 * @param scenes captioned scenes
 * @param questions scenes with questions
 * @param tileSide pixels of a tile of a scene's canvas
 * @param reading rendered words
 */
public record CorpusSection(Path webjars, Path folder, int iconVariants, int iconTags, int scenes, int questions, int tileSide,
    CorpusConfig.Reading reading) {
  /** Fills in defaults. */
  public CorpusSection {
    webjars = Defaults.or(webjars, Path.of("data/webjars"));
    folder = Defaults.or(folder, Path.of("data/corpus"));
    iconVariants = Defaults.or(iconVariants, 2);
    iconTags = Defaults.or(iconTags, 4);
    scenes = Defaults.or(scenes, 20_000);
    questions = Defaults.or(questions, 12_000);
    tileSide = Defaults.or(tileSide, 64);
    reading = Defaults.or(reading, CorpusConfig.Reading.USUAL);
  }

  CorpusConfig toConfig(long seed) {
    CorpusConfig tiny = CorpusConfig.tiny(webjars, folder);
    return new CorpusConfig(webjars, folder, seed, tiny.iconSide(), iconVariants, iconTags, tileSide, scenes, questions, tiny.validation(),
        tiny.evalIcons(), tiny.evalPerKind(), tiny.evalCaptions(), reading, tiny.shardSamples(), tiny.threads());
  }
}
