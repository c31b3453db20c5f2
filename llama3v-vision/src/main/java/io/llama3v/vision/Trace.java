package io.llama3v.vision;

import io.llama3v.tensor.Tensor;

/**
 * Looks at intermediate tensors of a forward pass, for comparisons and reports. A tensor lives no longer than the call unless a
 * tape saved it: copy out what is needed later.
 */
@FunctionalInterface
public interface Trace {
  /** Looks at nothing. */
  Trace NONE = (name, value) -> {};

  /** Called with each stage's output, in order. */
  void see(String name, Tensor value);

  /** The same trace with a prefix before every name. */
  default Trace under(String prefix) {
    return (name, value) -> see(prefix + name, value);
  }
}
