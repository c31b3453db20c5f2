package io.llama3v.data.curate.decontaminate;

import io.llama3v.data.curate.ImageDescriptor;
import io.llama3v.data.sample.SampleSource;
import io.llama3v.image.ImageDecoder;
import io.llama3v.image.ImageException;
import io.llama3v.image.RgbImage;
import io.llama3v.io.Digests;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Descriptors of a benchmark's pictures, and the nearest of them to a given one. Immutable. */
public final class BenchmarkPictures {
  private static final int BATCH = 32;
  private final String[] keys;
  private final float[] vectors;
  private final int dimension;
  private final String fingerprint;

  /** The nearest picture of the benchmark. */
  public record Nearest(String key, double cosine) {}

  /**
   * Describes all pictures of a source.
   *
   * @throws IOException if the source cannot be read, or one of its pictures is damaged: a benchmark has to be whole
   */
  public BenchmarkPictures(SampleSource source, ImageDescriptor descriptor) throws IOException {
    int n = Math.toIntExact(source.size());
    dimension = descriptor.dimension();
    keys = new String[n];
    vectors = new float[Math.multiplyExact(n, dimension)];
    for (int from = 0; from < n; from += BATCH) {
      List<RgbImage> images = new ArrayList<>();
      for (int i = from; i < Math.min(n, from + BATCH); i++) {
        var sample = source.read(i);
        keys[i] = sample.key();
        try {
          images.add(ImageDecoder.decode(sample.image(), source.describe() + " sample " + sample.key()));
        } catch (ImageException damaged) {
          throw new IOException("a picture of the benchmark cannot be read: " + damaged.getMessage(), damaged);
        }
      }
      float[][] rows = descriptor.describe(images);
      for (int i = 0; i < rows.length; i++) System.arraycopy(rows[i], 0, vectors, (from + i) * dimension, dimension);
    }
    fingerprint = Digests.sha256(source.fingerprint() + "\n" + descriptor.fingerprint());
  }

  /** Names pictures and descriptor. */
  public String fingerprint() {
    return fingerprint;
  }

  /** The nearest picture, or null if the benchmark has none. */
  public Nearest nearest(float[] vector) {
    int best = -1;
    double highest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < keys.length; i++) {
      double dot = 0;
      for (int c = 0; c < dimension; c++) dot += (double) vector[c] * vectors[i * dimension + c];
      if (dot > highest) {
        highest = dot;
        best = i;
      }
    }
    return best < 0 ? null : new Nearest(keys[best], highest);
  }
}
