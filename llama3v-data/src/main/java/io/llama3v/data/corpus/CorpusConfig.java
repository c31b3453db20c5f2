package io.llama3v.data.corpus;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Map;

/**
 * What to generate.
 *
 * @param webjars       folder that holds the five icon WebJars
 * @param output        folder of the corpus
 * @param seed          of every choice, the split included
 * @param iconSide      side of single-icon pictures, in pixels
 * @param iconVariants  pictures of each training icon
 * @param iconTags      labels by its makers that describe an icon beside its name, at most
 * @param tileSide      side of one tile of a scene, in pixels; canvases are up to four tiles
 * @param scenes        captioned training scenes
 * @param questions     training scenes with questions
 * @param validation    samples in each validation set of scenes and questions
 * @param evalIcons     icons in each retrieval set, at most
 * @param evalPerKind   held-out questions of each kind
 * @param evalCaptions  held-out captioned scenes
 * @param reading       rendered words
 * @param shardSamples  samples in a shard
 * @param threads       that draw; the result does not depend on it
 */
public record CorpusConfig(Path webjars, Path output, long seed, int iconSide, int iconVariants, int iconTags,
    int tileSide, int scenes, int questions, int validation, int evalIcons, int evalPerKind, int evalCaptions, Reading reading,
    int shardSamples, int threads) {

  public CorpusConfig {
    Map<String, Integer> positive = Map.of("iconVariants", iconVariants, "iconTags", iconTags, "scenes", scenes, "questions", questions,
        "validation", validation, "evalIcons", evalIcons, "evalPerKind", evalPerKind, "evalCaptions", evalCaptions,
        "shardSamples", shardSamples, "threads", threads);
    positive.forEach((name, value) -> check(name, value, 1));
    check("iconSide", iconSide, 16);
    check("tileSide", tileSide, 32);
  }

  /** The corpus of the quickstart: two pictures of each icon, 20,000 scenes, 12,000 scenes with questions. */
  public static CorpusConfig tiny(Path webjars, Path output) {
    return new CorpusConfig(webjars, output, 1, 64, 2, 4, 64, 20_000, 12_000, 500, 600, 240, 500, Reading.USUAL, 1000,
        Runtime.getRuntime().availableProcessors());
  }

  /** The same with other sizes. */
  public CorpusConfig withSizes(int newIconVariants, int newScenes, int newQuestions) {
    return new CorpusConfig(webjars, output, seed, iconSide, newIconVariants, iconTags, tileSide, newScenes, newQuestions,
        validation, evalIcons, evalPerKind, evalCaptions, reading, shardSamples, threads);
  }

  /**
   * Words that are rendered and read.
   *
   * @param samples training pictures of a single word each with the question what it says, beside those among the
   *                scenes; half the words are letters drawn at random, so that they cannot be guessed. As many
   *                pictures of one to three letters for CLIP. May be 0
   * @param letters of the longest word, 3 to 7
   * @param signs   whether words are light capitals on a dark ground, about as large as their canvas; if not, they come
   *                in both cases, all colours and many sizes
   */
  public record Reading(int samples, int letters, boolean signs) {
    /** No further pictures, words of three to seven letters in both cases and many sizes. */
    public static final Reading USUAL = new Reading(0, Words.LONGEST, false);

    public Reading {
      check("reading.samples", samples, 0);
      check("reading.letters", letters, Words.SHORTEST);
      if (letters > Words.LONGEST) {
        throw new IllegalArgumentException("corpus setting reading.letters must be at most " + Words.LONGEST + ", not "
            + letters);
      }
    }
  }

  /** Everything that the content depends on. */
  ObjectNode content() {
    return JsonNodeFactory.instance.objectNode().put("seed", seed).put("iconSide", iconSide)
        .put("iconVariants", iconVariants).put("iconTags", iconTags).put("tileSide", tileSide).put("scenes", scenes).put("questions", questions)
        .put("validation", validation).put("evalIcons", evalIcons).put("evalPerKind", evalPerKind)
        .put("evalCaptions", evalCaptions).put("readingSamples", reading.samples())
        .put("readingLetters", reading.letters()).put("readingSigns", reading.signs())
        .put("shardSamples", shardSamples);
  }

  private static void check(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException("corpus setting " + name + " must be at least " + least + ", not " + value);
    }
  }
}
