package io.llama3v.train.stage;

import io.llama3v.data.pipeline.BadSamplePolicy;
import io.llama3v.data.pipeline.DataLoader;
import java.nio.file.Path;
import java.util.Locale;

/**
 * How a stage reads its samples.
 *
 * @param shuffle order within a pass over a data set; global unless told otherwise
 * @param window samples of a window, for {@link Shuffle#WINDOW}; 10,000
 * @param badSamples what becomes of samples that cannot be used; they are skipped unless told otherwise
 * @param maxBad part of the samples that may be bad before the stage ends, counted from the hundredth on; 0.1
 * @param prefetch micro-batches prepared ahead; 2
 */
public record LoaderConfig(Shuffle shuffle, int window, BadSamplePolicy badSamples, Double maxBad, int prefetch) {
  /** The file of bad samples, in a stage's folder. */
  public static final String BAD_SAMPLES = "bad-samples.jsonl";
  static final LoaderConfig DEFAULT = new LoaderConfig(null, 0, null, null, 0);

  /** Orders within a pass. */
  public enum Shuffle {
    /** A permutation of the whole set. */
    GLOBAL,
    /** Windows of neighbours, permuted, each permuted in itself: a set is read in one place at a time. */
    WINDOW,
    /** As the samples lie. */
    NONE
  }

  /** Fills in defaults and checks. */
  public LoaderConfig {
    shuffle = Defaults.or(shuffle, Shuffle.GLOBAL);
    if (window != 0 && shuffle != Shuffle.WINDOW) {
      throw new IllegalArgumentException("'window' is for 'shuffle: window'; here it is '" + shuffle.name().toLowerCase(Locale.ROOT) + "'");
    }
    window = shuffle == Shuffle.WINDOW ? Defaults.or(window, 10_000) : 0;
    if (window < 0) throw new IllegalArgumentException("window " + window + "; expected 1 or more");
    badSamples = Defaults.or(badSamples, BadSamplePolicy.SKIP);
    maxBad = maxBad == null ? 0.1 : maxBad;
    if (!(maxBad >= 0 && maxBad <= 1)) throw new IllegalArgumentException("max_bad " + maxBad + "; expected 0 to 1");
    prefetch = Defaults.or(prefetch, 2);
    Defaults.positive("prefetch", prefetch);
  }

  /**
   * Makes a loader read so.
   *
   * @param folder of the stage; gets the list of bad samples if one is wanted
   */
  <T> DataLoader.Builder<T> apply(DataLoader.Builder<T> data, Path folder) {
    switch (shuffle) {
      case GLOBAL -> data.shuffle(true);
      case WINDOW -> data.shuffleWindow(window);
      case NONE -> data.shuffle(false);
    }
    if (badSamples == BadSamplePolicy.QUARANTINE) data.quarantine(folder.resolve(BAD_SAMPLES));
    else data.onBad(badSamples);
    return data.maxBadFraction(maxBad).prefetch(prefetch);
  }
}
