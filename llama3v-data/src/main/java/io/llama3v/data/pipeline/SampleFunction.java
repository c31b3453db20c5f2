package io.llama3v.data.pipeline;

import io.llama3v.data.sample.Sample;

/**
 * Turns a sample into what the trainer needs. Called by several threads at once; an exception marks the sample as bad.
 */
@FunctionalInterface
public interface SampleFunction<T> {
  T apply(Sample sample) throws Exception;
}
