package io.llama3v.data.curate.input;

import java.io.IOException;

/** Walks one raw shard; every walk gives the same samples in the same order. */
interface RawReader extends AutoCloseable {
  /** The next sample, good or not; null after the last one. */
  RawSample next() throws IOException;

  @Override
  void close() throws IOException;
}
