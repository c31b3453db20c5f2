package io.llama3v.data.pipeline;

import io.llama3v.tensor.Mix64;

/** In which order an epoch reads a source: a bijection that is computed at any place at once. */
@FunctionalInterface
public interface EpochOrder {
  /** The source's own order. */
  EpochOrder NONE = (ordinal, size, key) -> ordinal;
  /** A permutation of the whole source. */
  EpochOrder GLOBAL = (ordinal, size, key) -> new Permutation(size, key).apply(ordinal);

  /**
   * The sample at a place of the epoch.
   *
   * @param ordinal 0 ≤ ordinal &lt; size
   * @param size    samples in the source
   * @param key     names source and epoch
   */
  long index(long ordinal, long size, long key);

  /**
   * Windows of neighbours, in a permuted order, each permuted in itself. Where the windows begin changes from epoch to epoch, so that no
   * two neighbours are always apart. Reads {@code window} consecutive samples (around the source's end) before it goes elsewhere; a
   * last, shorter window comes last.
   */
  static EpochOrder windows(int window) {
    return (ordinal, size, key) -> {
      long whole = size / window;
      long number = ordinal / window;
      long at = ordinal % window;
      long first;
      if (number < whole) {
        number = new Permutation(whole, Mix64.mix(key, 1)).apply(number);
        first = number * window + new Permutation(window, Mix64.mix(key, 2, number)).apply(at);
      } else {
        first = whole * window + new Permutation(size - whole * window, Mix64.mix(key, 3)).apply(at);
      }
      return (first + Long.remainderUnsigned(Mix64.mix(key, 4), size)) % size;
    };
  }
}
