package io.llama3v.vision;

import io.llama3v.tensor.Tensor;
import java.util.function.BiConsumer;

/**
 * Looks at intermediate tensors of a forward pass, by name and in order, for comparisons and reports. A tensor lives no longer than
 * the call unless a tape saved it: copy out what is needed later.
 */
@FunctionalInterface
public interface Trace extends BiConsumer<String, Tensor> {
  /** Looks at nothing. */
  Trace NONE = (name, value) -> {};

  /** Any consumer as a trace; null looks at nothing. */
  static Trace of(BiConsumer<String, Tensor> observer) {
    return observer == null ? NONE : observer::accept;
  }

  /** The same trace with a prefix before every name. */
  default Trace under(String prefix) {
    return (name, value) -> accept(prefix + name, value);
  }
}
