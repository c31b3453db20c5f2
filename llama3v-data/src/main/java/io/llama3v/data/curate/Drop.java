package io.llama3v.data.curate;

/**
 * Why a sample is not in the curated set.
 *
 * @param step   the {@link Step#name()} that decided, or {@value #READ} for what could not even be read
 * @param reason a few lower-case words with hyphens, from a small set: funnel and ledger count by it
 */
public record Drop(String step, String reason) {
  /** The step name of damage found while reading shards. */
  public static final String READ = "read";
}
