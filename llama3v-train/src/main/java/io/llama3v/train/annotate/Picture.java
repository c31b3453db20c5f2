package io.llama3v.train.annotate;

/**
 * A picture of the pool.
 *
 * @param id its number, from 0
 * @param name where it is, as {@link io.llama3v.train.preference.PictureFiles} reads it, absolute
 * @param question what is asked about it
 * @param cluster pictures of its kind
 * @param vector unit vector, or null where nothing describes pictures
 */
public record Picture(int id, String name, String question, int cluster, float[] vector) {}
