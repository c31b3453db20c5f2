package io.llama3v.data.pipeline;

import io.llama3v.data.sample.Sample;

/**
 * Turns a sample into what the trainer needs, knowing its place in the stream: random variation keyed by the position is the
 * same after a restart. Called by several threads at once; an exception marks the sample as bad.
 */
@FunctionalInterface
public interface PositionedFunction<T> {
  T apply(Sample sample, long position) throws Exception;
}
