package io.llama3v.data.convert.exchange;

import io.llama3v.tensor.Mix64;
import java.util.Arrays;

/**
 * Keys that are not given twice: files of others repeat ids (LLaVA's mixture names conversations by their picture), and a shard's samples
 * must not. Holds 8 to 32 bytes a key, as 64-bit hashes; two keys of one hash only cost the second a longer name.
 */
final class UniqueKeys {
  private long[] hashes = new long[1 << 12];
  private int size;
  private long number;

  /** The key, or where it was given before, one that was not. */
  String of(String key) {
    String unique = key;
    for (long again = number; !add(hash(unique)); again++) unique = key + "-again-" + again;
    number++;
    return unique;
  }

  private static long hash(String key) {
    long hash = Mix64.mix(key);
    return hash == 0 ? 1 : hash; // 0 is an empty place
  }

  private boolean add(long hash) {
    if (2 * size >= hashes.length) grow();
    int at = place(hashes, hash);
    if (hashes[at] == hash) return false;
    hashes[at] = hash;
    size++;
    return true;
  }

  private void grow() {
    long[] larger = new long[2 * hashes.length];
    Arrays.stream(hashes).filter(h -> h != 0).forEach(h -> larger[place(larger, h)] = h);
    hashes = larger;
  }

  private static int place(long[] table, long hash) {
    int at = (int) (hash & table.length - 1);
    while (table[at] != 0 && table[at] != hash) at = at + 1 & table.length - 1;
    return at;
  }
}
