package io.llama3v.data.corpus;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs independent tasks on a few threads and reports how many are done. */
public final class ParallelTasks implements AutoCloseable {
  private final ExecutorService threads;
  private final CorpusProgress progress;

  /** What is done with each input. */
  public interface Task<A, B> {
    B run(A input) throws IOException;
  }

  public ParallelTasks(int threads, CorpusProgress progress) {
    this.threads = Executors.newFixedThreadPool(threads, task -> {
      Thread thread = new Thread(task, "corpus");
      thread.setDaemon(true);
      return thread;
    });
    this.progress = progress;
  }

  /** Results in the order of the inputs; the first failure is thrown. */
  public <A, B> List<B> map(String what, List<A> inputs, Task<A, B> task) throws IOException {
    List<Future<B>> futures = new ArrayList<>();
    for (A input : inputs) {
      futures.add(threads.submit(() -> task.run(input)));
    }
    List<B> results = new ArrayList<>();
    try {
      for (Future<B> future : futures) {
        results.add(future.get());
        progress.done(what, results.size(), inputs.size());
      }
      return results;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      if (e.getCause() instanceof RuntimeException runtime) {
        throw runtime;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(what + " failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while " + what, e);
    } finally {
      futures.forEach(f -> f.cancel(false));
    }
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}
