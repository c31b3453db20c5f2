package io.llama3v.data.curate;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * One step of curation: a pure function of records, with at most one global reduction between its two halves.
 * <pre>
 *   measure(batch)        each shard by itself; may look at pictures; writes scores, notes, features, captions
 *   reduction()           over the measured records of all shards, without pictures → G
 *   decide(record, G)     each record by itself: keeps or drops
 * </pre>
 * Steps only ever see records that are still kept. Results must not depend on the order of shards, on threads, or on how
 * records are cut into batches (beyond rounding of a model): draws are keyed by {@link CurationRecord#id()}. Methods are
 * called by several threads at once.
 *
 * @param <G> what the reduction gives; {@link Void} without one
 */
public interface Step<G> extends AutoCloseable {

  /** Name in configuration, ledger and file names: lower-case letters, digits and hyphens. */
  String name();

  /**
   * Everything but the records that the result depends on: thresholds, seeds, fingerprints of models and word lists, and a version
   * to be raised when the code changes what it computes. A change here redoes this step and all behind it.
   */
  Map<String, String> settings();

  /** Whether {@link #measure} looks at pictures. The engine then drops the samples whose picture cannot be decoded. */
  default boolean needsPictures() {
    return false;
  }

  /**
   * The expensive half: one record for each candidate, in the same order. May drop.
   *
   * @param batch some neighbours of one shard, at least one, for models that work in batches
   */
  default List<CurationRecord> measure(List<Candidate> batch) throws IOException {
    return batch.stream().map(Candidate::record).toList();
  }

  /** What all records together tell, or null if the step needs no such thing. */
  default Reduction<?, G> reduction() {
    return null;
  }

  /**
   * The cheap half: keeps the record, drops it with {@link CurationRecord#dropped}, or edits it.
   *
   * @param global of the reduction; null without one
   */
  default CurationRecord decide(CurationRecord record, G global) {
    return record;
  }

  /** Whether reports may show the pictures that this step drops; false where nobody is to see them. */
  default boolean showsDropped() {
    return true;
  }

  /** Whether {@link #edit} changes pictures. */
  default boolean editsPictures() {
    return false;
  }

  /**
   * The encoded picture as the curated sample gets it; called when shards are written, for kept records only.
   *
   * @param bytes PNG, JPEG, WebP…
   * @return the same bytes, or a new picture as PNG or JPEG
   */
  default byte[] edit(CurationRecord record, byte[] bytes) throws IOException {
    return bytes;
  }

  @Override
  default void close() {}
}
