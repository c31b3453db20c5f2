package io.llama3v.data.pipeline;

/** As {@link PositionedFunction}, of something that was already made of the sample. */
@FunctionalInterface
public interface PositionedMapping<T, U> {
  U apply(T value, long position) throws Exception;
}
