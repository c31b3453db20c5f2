package io.llama3v.data.curate.ngram;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * In how many texts each entry was found. Sums of integers: parts may be counted anywhere and merged in any order. Not thread-safe.
 */
public final class EntryCounts {
  private final long[] counts;
  private long texts;
  private long matchedTexts;

  /** No texts yet. */
  public EntryCounts(int entries) {
    counts = new long[entries];
  }

  /** Counts one text: the first {@code n} elements of {@code hits} are the entries found in it, each once. */
  public void add(int[] hits, int n) {
    texts++;
    if (n > 0) matchedTexts++;
    for (int i = 0; i < n; i++) counts[hits[i]]++;
  }

  /** Adds the counts of other texts. */
  public EntryCounts merge(EntryCounts other) {
    if (other.counts.length != counts.length) {
      throw new IllegalArgumentException("counts of " + other.counts.length + " entries cannot be added to those of " + counts.length
          + ": the vocabularies differ");
    }
    for (int i = 0; i < counts.length; i++) counts[i] += other.counts[i];
    texts += other.texts;
    matchedTexts += other.matchedTexts;
    return this;
  }

  /** Number of entries. */
  public int entries() {
    return counts.length;
  }

  /** In how many texts an entry was found. */
  public long count(int entry) {
    return counts[entry];
  }

  /** All counts, by entry: a copy. */
  public long[] counts() {
    return counts.clone();
  }

  /** How many texts were counted. */
  public long texts() {
    return texts;
  }

  /** In how many of them anything was found. */
  public long matchedTexts() {
    return matchedTexts;
  }

  /** The largest count. */
  public long largest() {
    long most = 0;
    for (long c : counts) most = Math.max(most, c);
    return most;
  }

  /** Writes the counts that are not 0. */
  public void write(DataOutput out) throws IOException {
    int found = 0;
    for (long c : counts) if (c > 0) found++;
    out.writeInt(counts.length);
    out.writeLong(texts);
    out.writeLong(matchedTexts);
    out.writeInt(found);
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] == 0) continue;
      out.writeInt(i);
      out.writeLong(counts[i]);
    }
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @param entries the size of the vocabulary
   * @throws IOException if the counts are those of another vocabulary
   */
  public static EntryCounts read(DataInput in, int entries) throws IOException {
    int written = in.readInt();
    if (written != entries) throw new IOException("counts of " + written + " entries; the vocabulary has " + entries);
    EntryCounts read = new EntryCounts(entries);
    read.texts = in.readLong();
    read.matchedTexts = in.readLong();
    for (int i = in.readInt(); i > 0; i--) read.counts[in.readInt()] = in.readLong();
    return read;
  }
}
