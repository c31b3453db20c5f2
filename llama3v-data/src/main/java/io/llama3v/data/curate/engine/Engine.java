package io.llama3v.data.curate.engine;

import java.io.IOException;

/**
 * Runs tasks somewhere. A task's result is a file; a task whose file is there returns at once. All engines run the same tasks and so
 * leave the same files.
 */
public interface Engine extends AutoCloseable {

  /** A name for logs and reports. */
  String name();

  /** Runs tasks 0 to {@code count − 1} of a phase with {@link CurationJob#run}, here or in other processes, and waits for all. */
  void run(CurationJob job, Phase phase, int count, Progress progress) throws IOException;

  /**
   * Makes the result of the reduction that ends a pass, unless it is there.
   *
   * @param threads how many threads of this process it may keep busy
   */
  default void reduce(CurationJob job, int pass, int threads) throws IOException {
    job.reduction(pass).reduce(threads);
  }

  @Override
  default void close() throws IOException {}

  /** Hears of finished tasks, from any thread. */
  @FunctionalInterface
  interface Progress {
    void done(int finished, int count);
  }
}
