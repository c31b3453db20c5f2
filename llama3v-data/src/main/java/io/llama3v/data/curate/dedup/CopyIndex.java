package io.llama3v.data.curate.dedup;

import io.llama3v.backend.Backend;
import io.llama3v.tensor.Mix64;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Descriptors of all pictures, in a file, with what decides which copy is kept; ids, places and qualities, some 130 bytes a picture, in memory. */
public final class CopyIndex implements AutoCloseable {
  private final VectorStore vectors;
  private String[] ids = new String[1024];
  private long[] places = new long[1024];
  private Quality[] qualities = new Quality[1024];

  /** @param folder where the descriptors lie until the index is closed */
  public CopyIndex(Path folder, int dimension) throws IOException {
    Path file = Files.createTempFile(folder, "descriptors", ".bin");
    Files.delete(file);
    vectors = new VectorStore(file, dimension);
  }

  /**
   * Adds a picture.
   *
   * @param id      unique
   * @param shard   with {@code index} the place that {@link CopyResult} is asked for
   * @param quality decides which copy is kept
   */
  public void add(String id, int shard, int index, Quality quality, float[] vector) throws IOException {
    int row = vectors.rows();
    if (row == ids.length) {
      int more = (int) Math.min(Integer.MAX_VALUE - 8L, 2L * row);
      ids = Arrays.copyOf(ids, more);
      places = Arrays.copyOf(places, more);
      qualities = Arrays.copyOf(qualities, more);
    }
    vectors.add(vector);
    ids[row] = id;
    places[row] = CopyResult.place(shard, index);
    qualities[row] = quality;
  }

  /** Pictures held. */
  public int rows() {
    return vectors.rows();
  }

  /** Finds the copies. The order in which pictures were added does not matter. */
  public CopyClusters search(CopySettings settings, List<Quality.Criterion> criteria, Backend backend) throws IOException {
    long[] hashes = new long[rows()];
    for (int i = 0; i < hashes.length; i++) hashes[i] = Mix64.mix(Mix64.mix(ids[i]), settings.seed());
    int[] order = IntStream.range(0, rows()).boxed()
        .sorted(Comparator.comparingLong((Integer i) -> hashes[i]).thenComparing(i -> ids[i])).mapToInt(i -> i).toArray();
    Comparator<Quality> better = Quality.better(criteria);
    return new CopySearch(vectors, order, Comparator.comparing((Integer i) -> qualities[i], better).thenComparing(i -> ids[i]), settings,
        backend).run();
  }

  /** What the search found, by place in the shards. */
  public CopyResult result(CopyClusters clusters) {
    return CopyResult.of(clusters, ids, places);
  }

  @Override
  public void close() throws IOException {
    vectors.close();
  }
}
