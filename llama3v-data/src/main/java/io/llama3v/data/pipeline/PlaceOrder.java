package io.llama3v.data.pipeline;

import io.llama3v.data.pipeline.SampleOrder.Pick;

/** Which sample stands at which place of an endless stream: a pure function, so that any place is reached at once. */
@FunctionalInterface
public interface PlaceOrder {
  /** Source and index at a position ≥ 0. */
  Pick at(long position);
}
