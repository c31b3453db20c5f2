package io.llama3v.train.bench;

import io.llama3v.backend.meta.MetaBackend;

/**
 * What one step of a workload costs, counted by running it without values.
 *
 * @param operations multiplications and additions of all matrix products
 * @param weightBytes weights that a step without training reads, once a result; 0 for training
 */
public record StepCost(long operations, long weightBytes) {
  /** Counts. */
  public static StepCost of(Workload workload) {
    try (MetaBackend meta = new MetaBackend(); Workload.Session session = workload.open(meta)) {
      meta.reset();
      session.step();
      return new StepCost(meta.operations(), workload instanceof GenerationWorkload g ? g.weightsRead() : 0);
    }
  }

  /**
   * The least time of one result, in seconds: operations at the rate of the best matrix product, or, where every new token has to read
   * all weights, those at the rate of copying, whichever takes longer.
   */
  public double floor(Ceilings ceilings, int results) {
    return Math.max(operations / ceilings.sgemm() / results, weightBytes / ceilings.copy());
  }
}
