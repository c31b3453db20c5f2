package io.llama3v.backend.simd;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A fixed team of threads for kernels: the caller and {@code threads − 1} workers. Work is split the same way every time, so
 * that sums taken per thread come out bit-identical from run to run at one thread count. Workers spin briefly after each job,
 * since the next kernel usually follows within microseconds, and then park. One caller at a time.
 */
final class Parallel implements AutoCloseable {
  /** A part of a range. */
  @FunctionalInterface
  interface Range {
    void run(long from, long to, int worker);
  }

  /** One of many independent tasks. */
  @FunctionalInterface
  interface Task {
    void run(int task, int worker);
  }

  private static final int SPINS = 20_000;
  private final Worker[] workers;
  private final AtomicInteger pending = new AtomicInteger();
  private volatile Throwable failure;
  private volatile boolean closed;
  private Range job;
  private long count;

  Parallel(int threads) {
    workers = new Worker[threads - 1];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(i + 1);
      workers[i].start();
    }
  }

  int threads() {
    return workers.length + 1;
  }

  /**
   * Splits {@code [0, count)} into one contiguous part a thread; runs on the caller alone if {@code count <= grain}.
   *
   * @param grain a count that is not worth a second thread
   */
  void range(long count, long grain, Range body) {
    if (count <= 0) return;
    if (workers.length == 0 || count <= grain) {
      body.run(0, count, 0);
      return;
    }
    this.job = body;
    this.count = count;
    pending.set(workers.length);
    for (Worker worker : workers) worker.wake();
    try {
      body.run(0, count / threads(), 0); // the same cut as a worker with index 0 would make
    } catch (Throwable t) {
      failure = t;
    }
    for (int spin = 0; pending.get() > 0; spin++) {
      if (spin < SPINS) Thread.onSpinWait();
      else Thread.yield();
    }
    Throwable failed = failure;
    if (failed != null) {
      failure = null;
      if (failed instanceof Error e) throw e;
      throw (RuntimeException) failed;
    }
  }

  /** Runs tasks {@code 0..tasks-1} in any order, each once; for work of uneven size. */
  void tasks(int tasks, boolean worthThreads, Task body) {
    if (!worthThreads || workers.length == 0 || tasks == 1) {
      for (int i = 0; i < tasks; i++) body.run(i, 0);
      return;
    }
    AtomicInteger next = new AtomicInteger();
    range(threads(), 0, (from, to, worker) -> {
      for (int i = next.getAndIncrement(); i < tasks; i = next.getAndIncrement()) body.run(i, worker);
    });
  }

  @Override
  public void close() {
    closed = true;
    for (Worker worker : workers) worker.wake();
  }

  private final class Worker extends Thread {
    private final int index;
    private volatile int wanted;
    private int done;

    Worker(int index) {
      super("llama3v-cpu-" + index);
      this.index = index;
      setDaemon(true);
    }

    void wake() {
      wanted++; // only the caller writes it
      LockSupport.unpark(this);
    }

    @Override
    public void run() {
      while (true) {
        for (int spin = 0; wanted == done; spin++) {
          if (spin < SPINS) Thread.onSpinWait();
          else LockSupport.park(this);
        }
        done++;
        if (closed) return;
        try {
          job.run(count * index / threads(), count * (index + 1) / threads(), index);
        } catch (Throwable t) {
          failure = t;
        }
        pending.decrementAndGet();
      }
    }
  }
}
