package io.llama3v.data.curate.engine;

import java.io.Serializable;

/**
 * A set of independent tasks, numbered from 0.
 *
 * @param kind what each task does
 * @param pass number of the pass, for {@link Kind#PASS}
 */
public record Phase(Kind kind, int pass) implements Serializable {
  /** What a task does. */
  public enum Kind {
    /** One pass over one input shard. */
    PASS,
    /** Ledger and counts of one input shard. */
    LEDGER,
    /** One curated shard. */
    WRITE
  }

  static Phase pass(int index) {
    return new Phase(Kind.PASS, index);
  }
}
