package io.llama3v.data.curate.dedup;

import io.llama3v.data.curate.CurationRecord;
import io.llama3v.data.curate.PartData;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Clusters of at least two, by the places of their members. Of pictures without copies nothing is held. */
public final class CopyResult {
  /** Sorted. */
  private final long[] places;
  private final int[] clusters;
  private final float[] similarities;
  private final boolean[] kept;
  private final String[] keptIds;
  private final CopyClusters.Recall recall;

  /** A sample that has copies: id of the one that is kept, whether that is it, and its cosine with the kept one. */
  public record Member(String keptId, boolean kept, float similarity) {}

  private CopyResult(long[] places, int[] clusters, float[] similarities, boolean[] kept, String[] keptIds, CopyClusters.Recall recall) {
    this.places = places;
    this.clusters = clusters;
    this.similarities = similarities;
    this.kept = kept;
    this.keptIds = keptIds;
    this.recall = recall;
  }

  static long place(int shard, int index) {
    return (long) shard << 32 | index & 0xFFFFFFFFL;
  }

  static CopyResult of(CopyClusters found, String[] ids, long[] places) {
    int[] cluster = found.cluster();
    BitSet involved = new BitSet();
    for (int i = 0; i < cluster.length; i++) {
      if (cluster[i] == i) continue;
      involved.set(i);
      involved.set(cluster[i]);
    }
    int[] rows = involved.stream().boxed().sorted(Comparator.comparingLong(i -> places[i])).mapToInt(i -> i).toArray();
    Map<Integer, Integer> numbers = new HashMap<>();
    for (int row : rows) if (cluster[row] == row) numbers.put(row, numbers.size());
    String[] keptIds = new String[numbers.size()];
    numbers.forEach((row, number) -> keptIds[number] = ids[row]);
    float[] similarities = new float[rows.length];
    boolean[] kept = new boolean[rows.length];
    for (int i = 0; i < rows.length; i++) {
      similarities[i] = found.similarity()[rows[i]];
      kept[i] = cluster[rows[i]] == rows[i];
    }
    return new CopyResult(IntStream.of(rows).mapToLong(r -> places[r]).toArray(),
        IntStream.of(rows).map(r -> numbers.get(cluster[r])).toArray(), similarities, kept, keptIds, found.recall());
  }

  /** What is known of a sample, or null if it has no copies. */
  public Member member(CurationRecord record) {
    int at = Arrays.binarySearch(places, place(record.shard(), record.index()));
    return at < 0 ? null : new Member(keptIds[clusters[at]], kept[at], similarities[at]);
  }

  /** Clusters of at least two. */
  public int clusters() {
    return keptIds.length;
  }

  /** What the search in blocks lost. */
  public CopyClusters.Recall recall() {
    return recall;
  }

  void write(DataOutput out) throws IOException {
    out.writeInt(recall.queries());
    out.writeLong(recall.pairs());
    out.writeLong(recall.met());
    out.writeLong(recall.joined());
    out.writeInt(keptIds.length);
    for (String id : keptIds) PartData.writeText(id, out);
    PartData.writeLongs(places, out);
    for (int i = 0; i < places.length; i++) {
      out.writeInt(clusters[i]);
      out.writeFloat(similarities[i]);
      out.writeBoolean(kept[i]);
    }
  }

  static CopyResult read(DataInput in) throws IOException {
    CopyClusters.Recall recall = new CopyClusters.Recall(in.readInt(), in.readLong(), in.readLong(), in.readLong());
    List<String> keptIds = new ArrayList<>();
    for (int left = PartData.length(in); left > 0; left--) keptIds.add(PartData.readText(in));
    long[] places = PartData.readLongs(in);
    int n = places.length;
    int[] clusters = new int[n];
    float[] similarities = new float[n];
    boolean[] kept = new boolean[n];
    for (int i = 0; i < n; i++) {
      clusters[i] = in.readInt();
      similarities[i] = in.readFloat();
      kept[i] = in.readBoolean();
    }
    return new CopyResult(places, clusters, similarities, kept, keptIds.toArray(String[]::new), recall);
  }
}
