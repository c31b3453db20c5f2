package io.llama3v.data.curate.decontaminate;

import io.llama3v.data.curate.Candidate;
import io.llama3v.data.curate.CurationRecord;
import io.llama3v.data.curate.ImageDescriptor;
import io.llama3v.data.curate.Step;
import io.llama3v.io.Digests;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Drops samples that a benchmark would recognise. Reasons: {@value #PICTURE}, the picture is a copy of a benchmark's; {@value #TEXT}, a
 * caption shares phrases with a benchmark's texts. Scores: {@value #PICTURE} (cosine with the nearest benchmark picture) and
 * {@value #TEXT} (largest share of shared phrases); the note {@value #NOTE} names the picture.
 */
public final class DecontaminationStep implements Step<Void> {
  /** Reason and score: a picture of a benchmark. */
  public static final String PICTURE = "benchmark-picture";
  /** Reason and score: text of a benchmark. */
  public static final String TEXT = "benchmark-text";
  /** The note with the key of the benchmark's picture. */
  public static final String NOTE = "benchmark";
  private final PhraseSet phrases;
  private final double overlap;
  private final BenchmarkPictures pictures;
  private final ImageDescriptor descriptor;
  private final double threshold;
  private final String settings;

  /**
   * A step; it closes the descriptor.
   *
   * @param texts      questions and answers of benchmarks; may be empty
   * @param words      of a phrase
   * @param overlap    share of a caption's phrases above which it is dropped; 0 for any at all
   * @param pictures   of benchmarks, or null
   * @param descriptor that the pictures were described with, or null
   * @param threshold  cosine from which a picture is a copy
   */
  public DecontaminationStep(List<String> texts, int words, double overlap, BenchmarkPictures pictures, ImageDescriptor descriptor,
      double threshold) {
    if (!(overlap >= 0 && overlap < 1)) throw new IllegalArgumentException("overlap of " + overlap + "; expected 0 to less than 1");
    if ((pictures == null) != (descriptor == null)) throw new IllegalArgumentException("benchmark pictures go with a descriptor");
    this.phrases = new PhraseSet(words, texts);
    this.overlap = overlap;
    this.pictures = pictures;
    this.descriptor = descriptor;
    this.threshold = threshold;
    this.settings = Digests.sha256(words + "\n" + overlap + "\n" + threshold + "\n" + (pictures == null ? "" : pictures.fingerprint()) + "\n"
        + String.join("\n", texts));
  }

  @Override
  public String name() {
    return "decontaminate";
  }

  @Override
  public Map<String, String> settings() {
    return Map.of("version", "1", "benchmarks", settings);
  }

  @Override
  public boolean needsPictures() {
    return pictures != null;
  }

  @Override
  public List<CurationRecord> measure(List<Candidate> batch) {
    float[][] vectors = pictures == null ? null : descriptor.describe(batch.stream().map(Candidate::image).toList());
    List<CurationRecord> measured = new ArrayList<>(batch.size());
    for (int i = 0; i < batch.size(); i++) measured.add(measured(batch.get(i).record(), vectors == null ? null : vectors[i]));
    return measured;
  }

  private CurationRecord measured(CurationRecord record, float[] vector) {
    double shared = record.captions().stream().mapToDouble(phrases::overlap).max().orElse(0);
    CurationRecord r = record.withScore(TEXT, shared);
    BenchmarkPictures.Nearest nearest = vector == null ? null : pictures.nearest(vector);
    if (nearest != null) r = r.withScore(PICTURE, nearest.cosine());
    if (nearest != null && nearest.cosine() >= threshold) return r.withNote(NOTE, nearest.key()).dropped(name(), PICTURE);
    return shared > overlap ? r.dropped(name(), TEXT) : r;
  }

  @Override
  public void close() {
    if (descriptor != null) descriptor.close();
  }
}
