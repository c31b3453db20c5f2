package io.llama3v.backend;

import java.util.Locale;

/** What a block of device memory is used for: the columns in which a backend accounts for its memory. */
public enum MemoryUse {
  /** Parameters of models, trained or frozen. */
  WEIGHTS,
  /** Copies of weights in the type that products are computed in. */
  COPIES,
  /** Gradients of parameters and of activations. */
  GRADIENTS,
  /** What outlives a step: moments of the optimiser, moving averages, key/value caches. */
  STATE,
  /** Results of operations, those included that wait for the backward pass. */
  ACTIVATIONS,
  /** Temporaries within one operation. */
  WORKSPACE;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
