package io.llama3v.data.pipeline;

/** What a loader does with a sample that cannot be read, or whose function throws. All count it; all but the first replace it. */
public enum BadSamplePolicy {
  /** Ends the run at once. */
  RAISE,
  /** Goes on, up to a fraction of bad samples. */
  SKIP,
  /** As {@link #SKIP}, and writes each down. */
  QUARANTINE
}
