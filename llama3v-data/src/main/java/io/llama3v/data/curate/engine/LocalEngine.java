package io.llama3v.data.curate.engine;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads of this process. */
public final class LocalEngine implements Engine {
  /** Heap for each thread: a sample, a batch of decoded pictures, and what the steps hold. */
  private static final long BYTES_PER_THREAD = 192L << 20;
  private final int threads;

  /** @param threads at most; 0 for all cores. Fewer where the heap is small */
  public LocalEngine(int threads) {
    int wanted = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
    this.threads = (int) Math.max(1, Math.min(wanted, Runtime.getRuntime().maxMemory() / BYTES_PER_THREAD));
  }

  @Override
  public String name() {
    return "local, " + threads + " threads";
  }

  @Override
  public void run(CurationJob job, Phase phase, int count, Progress progress) throws IOException {
    AtomicInteger next = new AtomicInteger();
    AtomicInteger finished = new AtomicInteger();
    FirstFailure failure = new FirstFailure();
    Thread[] team = new Thread[Math.min(threads, count)];
    for (int t = 0; t < team.length; t++) {
      team[t] = new Thread(() -> {
        for (int task = next.getAndIncrement(); task < count && !failure.any(); task = next.getAndIncrement()) {
          try {
            job.run(phase, task);
            progress.done(finished.incrementAndGet(), count);
          } catch (Throwable e) { // rethrown by the caller's thread
            failure.note(e);
          }
        }
      }, "curate-" + t);
      team[t].setDaemon(true);
      team[t].start();
    }
    boolean interrupted = false;
    for (Thread thread : team) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          failure.note(new IOException("interrupted while curating", e)); // ends the team, each after the shard it is at
          interrupted = true; // and goes on waiting: the caller closes models that the team still computes with
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    failure.rethrow();
  }
}
