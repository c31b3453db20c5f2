package io.llama3v.data.curate.decontaminate;

import io.llama3v.data.curate.Candidate;
import io.llama3v.data.curate.CurationRecord;
import io.llama3v.data.curate.Step;
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
  private final Decontaminator benchmarks;

  /** A step; it closes what it is given. */
  public DecontaminationStep(Decontaminator benchmarks) {
    this.benchmarks = benchmarks;
  }

  @Override
  public String name() {
    return "decontaminate";
  }

  @Override
  public Map<String, String> settings() {
    return Map.of("version", "1", "benchmarks", benchmarks.fingerprint());
  }

  @Override
  public boolean needsPictures() {
    return benchmarks.looksAtPictures();
  }

  @Override
  public List<CurationRecord> measure(List<Candidate> batch) {
    float[][] vectors = needsPictures() ? benchmarks.describe(batch.stream().map(Candidate::image).toList()) : new float[batch.size()][];
    List<CurationRecord> measured = new ArrayList<>(batch.size());
    for (int i = 0; i < batch.size(); i++) measured.add(measured(batch.get(i).record(), vectors[i]));
    return measured;
  }

  private CurationRecord measured(CurationRecord record, float[] vector) {
    Decontaminator.Finding found = benchmarks.find(record.captions(), vector);
    CurationRecord r = record.withScore(TEXT, found.overlap());
    if (found.nearest() != null) r = r.withScore(PICTURE, found.nearest().cosine());
    if (found.picture()) return r.withNote(NOTE, found.nearest().key()).dropped(name(), PICTURE);
    return found.text() ? r.dropped(name(), TEXT) : r;
  }

  @Override
  public void close() {
    benchmarks.close();
  }
}
