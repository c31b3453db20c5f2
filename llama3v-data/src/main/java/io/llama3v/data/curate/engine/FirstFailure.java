package io.llama3v.data.curate.engine;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;

/** The first of several threads' failures, to be thrown by the one that waits for them. */
final class FirstFailure {
  private final AtomicReference<Throwable> first = new AtomicReference<>();

  void note(Throwable failure) {
    first.compareAndSet(null, failure);
  }

  boolean any() {
    return first.get() != null;
  }

  void rethrow() throws IOException {
    Throwable failure = first.get();
    if (failure instanceof IOException io) {
      throw io;
    }
    if (failure instanceof RuntimeException runtime) {
      throw runtime;
    }
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure != null) {
      throw new IOException(failure);
    }
  }
}
