package io.llama3v.nn;

import io.llama3v.ops.GatherRows;
import io.llama3v.tensor.Init;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Tensor;

/** A table of row vectors: ids I32 [...] to [..., width]. */
public final class Embedding extends Module {
  private final Parameter weight;

  /** Declares {@code weight} [rows, width]. */
  public Embedding(long rows, long width, double standardDeviation) {
    this.weight = parameter("weight", Init.normal(standardDeviation), rows, width);
  }

  /** Looks rows up; they come in the type that the backend computes in. */
  public Tensor forward(Tensor ids) {
    return GatherRows.apply(weight, ids, weight.backend().computeType());
  }

  /** The table [rows, width]. */
  public Parameter weight() {
    return weight;
  }
}
