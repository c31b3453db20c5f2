package io.llama3v.data.curate;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What curation knows about one input sample; its picture stays in its shard. A value: each {@code with…} method returns
 * another record. Every input sample has exactly one record from the first pass to the ledger.
 *
 * @param id       unique in the run, and the same in every run: the key, after {@code SOURCE/} where there are several sources.
 *                 Draws are keyed by it, so that they do not depend on shard order, threads or engine
 * @param key      in its shard; not unique where an input repeats keys
 * @param shard    number of the input shard
 * @param index    place in the shard; with {@code shard}, the one identity that damage cannot repeat
 * @param captions those that are still good, best first; the curated sample gets them all
 * @param picture  what the header says; null if there is no picture that could be read
 * @param scores   what steps measured, by name ({@code clip}, {@code language.en}…); finite numbers
 * @param notes    what steps found, by name ({@value #CLUSTER}, {@code language}…)
 * @param features bytes that a step's {@link Step#measure} leaves for its own reduction and decision; gone after that step
 * @param drop     null while the sample is kept
 */
public record CurationRecord(String id, String key, int shard, int index, List<String> captions, PictureInfo picture,
    Map<String, Double> scores, Map<String, String> notes, Map<String, byte[]> features, Drop drop) {
  /** The note that names a sample's cluster: equal for all copies of one picture. */
  public static final String CLUSTER = "cluster";

  public CurationRecord {
    captions = List.copyOf(captions);
    scores = Collections.unmodifiableMap(new TreeMap<>(scores));
    notes = Collections.unmodifiableMap(new TreeMap<>(notes));
    features = Collections.unmodifiableMap(new TreeMap<>(features));
    scores.forEach((name, value) -> {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException("score '" + name + "' of sample '" + id + "' is " + value + ", not a finite number");
      }
    });
  }

  /** A record as the reader makes it. */
  public static CurationRecord read(String id, String key, int shard, int index, List<String> captions, PictureInfo picture) {
    return new CurationRecord(id, key, shard, index, captions, picture, Map.of(), Map.of(), Map.of(), null);
  }

  /** Whether no step has dropped it. */
  public boolean kept() {
    return drop == null;
  }

  /** The first caption that is left; empty if there is none. */
  public String caption() {
    return captions.isEmpty() ? "" : captions.get(0);
  }

  /** Other captions. */
  public CurationRecord withCaptions(List<String> value) {
    return new CurationRecord(id, key, shard, index, value, picture, scores, notes, features, drop);
  }

  /** One more score, or another value of it. */
  public CurationRecord withScore(String name, double value) {
    return new CurationRecord(id, key, shard, index, captions, picture, plus(scores, name, value), notes, features, drop);
  }

  /** One more note, or another text of it. */
  public CurationRecord withNote(String name, String text) {
    return new CurationRecord(id, key, shard, index, captions, picture, scores, plus(notes, name, text), features, drop);
  }

  /** One more feature. The array is not copied: do not write to it. */
  public CurationRecord withFeature(String name, byte[] value) {
    return new CurationRecord(id, key, shard, index, captions, picture, scores, notes, plus(features, name, value), drop);
  }

  /** Without features. */
  public CurationRecord withoutFeatures() {
    return features.isEmpty() ? this
        : new CurationRecord(id, key, shard, index, captions, picture, scores, notes, Map.of(), drop);
  }

  /** Dropped, for a reason from a step's small set. A record is dropped once. */
  public CurationRecord dropped(String step, String reason) {
    if (drop != null) {
      throw new IllegalStateException("sample '" + id + "' was dropped by " + drop + " already; " + step + " must not see it");
    }
    return new CurationRecord(id, key, shard, index, captions, picture, scores, notes, features, new Drop(step, reason));
  }

  private static <V> Map<String, V> plus(Map<String, V> map, String name, V value) {
    Map<String, V> more = new TreeMap<>(map);
    more.put(name, value);
    return more;
  }
}
