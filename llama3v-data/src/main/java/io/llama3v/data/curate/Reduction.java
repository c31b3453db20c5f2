package io.llama3v.data.curate;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Iterator;

/**
 * What all records together tell. Each shard is mapped to a part, parts lie on disk, one process turns them into the result.
 *
 * @param <P> a shard's part; should be small, or at least fit in memory a few at a time
 * @param <G> the result, which every worker then reads
 */
public interface Reduction<P, G> {

  /** The part of one shard. The records are the kept ones, after {@link Step#measure}, in the shard's order. */
  P map(Iterator<CurationRecord> shard);

  /**
   * The result.
   *
   * @param parts one a shard, in the order of shards; read from disk while walked, and can be walked again
   */
  G reduce(Iterable<P> parts, ReduceContext context) throws IOException;

  /**
   * Whether {@link #combine} can make one part out of several, in any grouping and order, without a change to the result. Engines on several
   * machines then combine parts where they were made; others are walked by one process.
   */
  default boolean combines() {
    return false;
  }

  /** A part that tells what both tell. May change both. */
  default P combine(P one, P other) {
    throw new UnsupportedOperationException("parts of this reduction cannot be combined");
  }

  /** Writes a part; equal parts give equal bytes. */
  void writePart(P part, DataOutput out) throws IOException;

  /** Reads what {@link #writePart} wrote. */
  P readPart(DataInput in) throws IOException;

  /** Writes the result; equal results give equal bytes. */
  void writeResult(G result, DataOutput out) throws IOException;

  /** Reads what {@link #writeResult} wrote. */
  G readResult(DataInput in) throws IOException;
}
