package io.llama3v.data.curate.quality;

import io.llama3v.data.curate.Candidate;
import io.llama3v.data.curate.CurationRecord;
import io.llama3v.data.curate.Features;
import io.llama3v.data.curate.PartData;
import io.llama3v.data.curate.ImageTextScorer;
import io.llama3v.data.curate.ReduceContext;
import io.llama3v.data.curate.Reduction;
import io.llama3v.data.curate.Step;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Drops pairs whose picture and captions are too unlike. A sample's score {@code clip} is that of its best caption. The threshold is an
 * absolute one, or that of the top fraction of all samples that come here, or the higher of both. Reason: {@code dissimilar}. A top fraction needs
 * some 8 bytes a sample in the reducing process.
 */
public final class SimilarityStep implements Step<Float> {
  /** Name of the score. */
  public static final String SCORE = "clip";
  private final SimilarityConfig config;
  private final ImageTextScorer scorer;

  /** @param scorer closed with this step */
  public SimilarityStep(SimilarityConfig config, ImageTextScorer scorer) {
    this.config = config;
    this.scorer = scorer;
  }

  @Override
  public String name() {
    return "similarity";
  }

  @Override
  public Map<String, String> settings() {
    return Map.of("minimum", String.valueOf(config.minimum()), "top_fraction", String.valueOf(config.topFraction()), "per_caption",
        String.valueOf(config.perCaption()), "model", scorer.fingerprint(), "version", "1");
  }

  @Override
  public boolean needsPictures() {
    return true;
  }

  @Override
  public List<CurationRecord> measure(List<Candidate> batch) {
    double[][] scores = scorer.score(batch.stream().map(Candidate::image).toList(), batch.stream().map(c -> c.record().captions()).toList());
    List<CurationRecord> measured = new ArrayList<>(batch.size());
    for (int i = 0; i < scores.length; i++) {
      float[] each = new float[scores[i].length];
      float best = Float.NEGATIVE_INFINITY;
      for (int j = 0; j < each.length; j++) {
        each[j] = (float) scores[i][j];
        best = Math.max(best, each[j]);
      }
      measured.add(batch.get(i).record().withScore(SCORE, best).withFeature(SCORE, Features.of(each)));
    }
    return measured;
  }

  @Override
  public CurationRecord decide(CurationRecord record, Float threshold) {
    float[] scores = Features.floats(record.features().get(SCORE));
    if (record.scores().get(SCORE) < threshold) {
      return record.dropped(name(), "dissimilar");
    }
    if (!config.perCaption()) {
      return record;
    }
    List<String> good = new ArrayList<>();
    for (int i = 0; i < scores.length; i++) {
      if (scores[i] >= threshold) {
        good.add(record.captions().get(i));
      }
    }
    return good.size() == scores.length ? record : record.withCaptions(good);
  }

  @Override
  public Reduction<?, Float> reduction() {
    return new Threshold();
  }

  private final class Threshold implements Reduction<float[], Float> {
    @Override
    public float[] map(Iterator<CurationRecord> shard) {
      List<Float> scores = new ArrayList<>();
      while (shard.hasNext()) {
        scores.add(shard.next().scores().get(SCORE).floatValue());
      }
      float[] part = new float[scores.size()];
      for (int i = 0; i < part.length; i++) {
        part[i] = scores.get(i);
      }
      return part;
    }

    @Override
    public Float reduce(Iterable<float[]> parts, ReduceContext context) {
      float threshold = config.minimum() == null ? -2 : config.minimum().floatValue();
      if (config.topFraction() != null) {
        int n = 0;
        for (float[] part : parts) {
          n = Math.addExact(n, part.length);
        }
        float[] all = new float[n];
        n = 0;
        for (float[] part : parts) {
          System.arraycopy(part, 0, all, n, part.length);
          n += part.length;
        }
        Arrays.parallelSort(all);
        int keep = (int) Math.round(config.topFraction() * n);
        threshold = Math.max(threshold, keep == 0 ? Float.POSITIVE_INFINITY : all[n - keep]);
      }
      return threshold;
    }

    @Override
    public void writePart(float[] part, DataOutput out) throws IOException {
      byte[] bytes = Features.of(part);
      out.writeInt(bytes.length);
      out.write(bytes);
    }

    @Override
    public float[] readPart(DataInput in) throws IOException {
      return Features.floats(PartData.readBytes(in, PartData.length(in)));
    }

    @Override
    public void writeResult(Float result, DataOutput out) throws IOException {
      out.writeFloat(result);
    }

    @Override
    public Float readResult(DataInput in) throws IOException {
      return in.readFloat();
    }
  }

  @Override
  public void close() {
    scorer.close();
  }
}
