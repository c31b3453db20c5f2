package io.llama3v.data.curate.decontaminate;

import io.llama3v.data.curate.ImageDescriptor;
import io.llama3v.image.RgbImage;
import io.llama3v.io.Digests;
import java.util.List;

/**
 * Tells whether training data holds what benchmarks ask: a picture whose descriptor is near that of one of theirs, a text that shares
 * phrases with theirs. For captions within {@link DecontaminationStep}; for conversations and pools of one's own, ask it directly.
 * Safe for use by several threads if the descriptor is.
 */
public final class Decontaminator implements AutoCloseable {
  private final PhraseSet phrases;
  private final double overlap;
  private final BenchmarkPictures pictures;
  private final ImageDescriptor descriptor;
  private final double threshold;
  private final String fingerprint;

  /**
   * What was found.
   *
   * @param overlap of the text that shares the most, its share of shared phrases
   * @param nearest the benchmark's nearest picture, or null where none was compared
   * @param text    whether the overlap is too large
   * @param picture whether the nearest picture is a copy
   */
  public record Finding(double overlap, BenchmarkPictures.Nearest nearest, boolean text, boolean picture) {
    /** Whether the benchmark would be in the training data. */
    public boolean contaminated() {
      return text || picture;
    }
  }

  /**
   * Compares with some benchmarks. It closes the descriptor.
   *
   * @param texts      questions and answers; may be empty
   * @param words      of a phrase, 8 as a rule
   * @param overlap    share of a text's phrases above which it is contaminated; 0 for any at all
   * @param pictures   of benchmarks, or null
   * @param descriptor that the pictures were described with, or null
   * @param threshold  cosine from which a picture is a copy
   */
  public Decontaminator(List<String> texts, int words, double overlap, BenchmarkPictures pictures, ImageDescriptor descriptor,
      double threshold) {
    if (!(overlap >= 0 && overlap < 1)) throw new IllegalArgumentException("overlap of " + overlap + "; expected 0 to less than 1");
    if ((pictures == null) != (descriptor == null)) throw new IllegalArgumentException("benchmark pictures go with a descriptor");
    this.phrases = new PhraseSet(words, texts);
    this.overlap = overlap;
    this.pictures = pictures;
    this.descriptor = descriptor;
    this.threshold = threshold;
    this.fingerprint = Digests.sha256(words + "\n" + overlap + "\n" + threshold + "\n" + (pictures == null ? "" : pictures.fingerprint())
        + "\n" + String.join("\n", texts));
  }

  /** Names everything that findings depend on. */
  public String fingerprint() {
    return fingerprint;
  }

  /** Whether pictures are compared. */
  public boolean looksAtPictures() {
    return pictures != null;
  }

  /** Descriptors of pictures, for {@link #find(List, float[])}; many at a time are faster. */
  public float[][] describe(List<RgbImage> images) {
    return descriptor.describe(images);
  }

  /**
   * Looks at one sample.
   *
   * @param texts all of it that is trained on or read: captions, or the turns of a conversation
   * @param image its picture, or null
   */
  public Finding find(List<String> texts, RgbImage image) {
    return find(texts, pictures == null || image == null ? null : describe(List.of(image))[0]);
  }

  /** The same with a picture that was described before, or null. */
  public Finding find(List<String> texts, float[] vector) {
    double shared = texts.stream().mapToDouble(phrases::overlap).max().orElse(0);
    BenchmarkPictures.Nearest nearest = vector == null ? null : pictures.nearest(vector);
    return new Finding(shared, nearest, shared > overlap, nearest != null && nearest.cosine() >= threshold);
  }

  @Override
  public void close() {
    if (descriptor != null) descriptor.close();
  }
}
