package io.llama3v.data.curate.dirt;

/**
 * What one dirty sample is.
 *
 * @param shard file name
 * @param index place in the shard
 * @param key   its key
 * @param kind  what was done, as {@link DirtKind#word()}
 * @param of    for copies and repeated keys, the key of the sample it was made of
 * @param how   the edit, the language
 */
public record Truth(String shard, int index, String key, String kind, String of, String how) {}
