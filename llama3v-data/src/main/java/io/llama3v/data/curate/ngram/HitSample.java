package io.llama3v.data.curate.ngram;

import io.llama3v.data.curate.Features;
import io.llama3v.data.curate.PartData;
import io.llama3v.tensor.CounterRandom;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * A uniform sample of texts with the entries found in them: the {@code capacity} texts whose keys have the smallest hashes. Parts may
 * be made anywhere and merged in any order; the sample is the same. With no more texts than the capacity, it holds them all.
 */
public final class HitSample {
  private static final Comparator<Item> ORDER = Comparator.<Item>comparingLong(i -> i.hash ^ Long.MIN_VALUE).thenComparing(i -> i.key);

  private record Item(long hash, String key, int[] hits) {}

  private final long seed;
  private final int capacity;
  private long texts;
  private final PriorityQueue<Item> items = new PriorityQueue<>(ORDER.reversed());

  /** An empty sample. */
  public HitSample(long seed, int capacity) {
    if (capacity < 1) throw new IllegalArgumentException("a sample of " + capacity + " texts; expected at least 1");
    this.seed = seed;
    this.capacity = capacity;
  }

  /** Offers one text. Keys are distinct over the whole data. */
  public void add(String key, int[] hits, int n) {
    texts++;
    long hash = new CounterRandom(seed, key).bits(1);
    if (items.size() == capacity && Long.compareUnsigned(hash, items.peek().hash) > 0) return;
    offer(new Item(hash, key, Arrays.copyOf(hits, n)));
  }

  private void offer(Item item) {
    items.add(item);
    if (items.size() > capacity) items.poll();
  }

  /** Adds the sample of other texts. */
  public HitSample merge(HitSample other) {
    if (seed != other.seed || capacity != other.capacity) throw new IllegalArgumentException("samples of different seed or capacity");
    texts += other.texts;
    other.items.forEach(this::offer);
    return this;
  }

  /** How many texts were offered. */
  public long texts() {
    return texts;
  }

  /** How many are held. */
  public int size() {
    return items.size();
  }

  /** Entries of the held texts, in the order of their hashes. */
  List<int[]> hits() {
    return sorted().stream().map(Item::hits).toList();
  }

  private List<Item> sorted() {
    List<Item> sorted = new ArrayList<>(items);
    sorted.sort(ORDER);
    return sorted;
  }

  /** Writes the sample; equal samples give equal bytes. */
  public void write(DataOutput out) throws IOException {
    out.writeLong(texts);
    out.writeInt(items.size());
    for (Item item : sorted()) {
      out.writeLong(item.hash);
      PartData.writeText(item.key, out);
      out.writeInt(item.hits.length);
      out.write(Features.of(item.hits, item.hits.length));
    }
  }

  /** Reads what {@link #write} wrote, given the seed and capacity that it was made with. */
  public static HitSample read(DataInput in, long seed, int capacity) throws IOException {
    HitSample sample = new HitSample(seed, capacity);
    sample.texts = in.readLong();
    int size = in.readInt();
    if (size < 0 || size > capacity) throw new IOException("a sample of " + size + " texts; expected at most " + capacity);
    for (int i = 0; i < size; i++) {
      long hash = in.readLong();
      String key = PartData.readText(in);
      int[] hits = Features.ints(PartData.readBytes(in, Math.multiplyExact(Integer.BYTES, PartData.length(in))));
      sample.items.add(new Item(hash, key, hits));
    }
    return sample;
  }
}
