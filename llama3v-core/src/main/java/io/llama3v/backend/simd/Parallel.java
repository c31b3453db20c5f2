package io.llama3v.backend.simd;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A fixed team of threads for kernels: the caller and {@code threads − 1} workers. A range is cut into parts in the same way every
 * time, and sums are kept per part, so that results are bit-identical from run to run at one thread count; which thread takes which
 * part does not matter. A thread that the system has put aside for other work delays only the part it holds. Workers spin briefly
 * after each job, since the next kernel usually follows within microseconds, and then park. One caller at a time.
 */
final class Parallel implements AutoCloseable {
  /** A part of a range. */
  @FunctionalInterface
  interface Range {
    /** Works on {@code [from, to)}; no two parts have the same number, which is below {@link #parts()}. */
    void run(long from, long to, int part);
  }

  /** One of many independent tasks. */
  @FunctionalInterface
  interface Task {
    /** Works on one task; no two run at once with the same lane, which is below {@link #threads()}. */
    void run(int task, int lane);
  }

  /** Elements that a buffer is taken around at a time: buffers end at 2 GB. */
  static final long PIECE = 1L << 28;
  private static final int SPINS = 10_000;
  private static final int PARTS_PER_THREAD = 4;
  private final Worker[] workers;
  private volatile Job current = new Job((from, to, part) -> { }, 0, 0);
  private volatile boolean closed;

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

  /** The largest number of parts that a range is cut into. */
  int parts() {
    return threads() * PARTS_PER_THREAD;
  }

  /**
   * Cuts {@code [0, count)} into contiguous parts of at least about {@code grain}; runs on the caller alone if there is only one.
   *
   * @param grain a count that is not worth a second thread
   */
  void range(long count, long grain, Range body) {
    if (count <= 0) return;
    int parts = (int) Math.min(parts(), (count - 1) / Math.max(1, grain) + 1);
    run(new Job(body, count, workers.length == 0 ? 1 : parts));
  }

  /** As {@link #range} over the elements of tensors: a part comes in pieces of at most {@link #PIECE}, which a buffer can hold. */
  void elements(long count, long grain, Range body) {
    range(count, grain, (from, to, part) -> {
      for (long at = from; at < to; at += PIECE) body.run(at, Math.min(to, at + PIECE), part);
    });
  }

  /** Runs tasks {@code 0..tasks-1} in any order, each once; for work of uneven size. */
  void tasks(int tasks, boolean worthThreads, Task body) {
    if (!worthThreads || workers.length == 0 || tasks == 1) {
      for (int i = 0; i < tasks; i++) body.run(i, 0);
      return;
    }
    AtomicInteger next = new AtomicInteger();
    run(new Job((from, to, lane) -> {
      for (int i = next.getAndIncrement(); i < tasks; i = next.getAndIncrement()) body.run(i, lane);
    }, threads(), threads()));
  }

  private void run(Job job) {
    if (job.parts > 1) {
      current = job;
      for (Worker worker : workers) worker.wake();
    }
    job.work();
    job.await();
  }

  @Override
  public void close() {
    closed = true;
    for (Worker worker : workers) worker.wake();
  }

  /** A range being worked on: whoever is free takes the next part. */
  private static final class Job {
    private final Range body;
    private final long count;
    private final int parts;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger finished = new AtomicInteger();
    private volatile Throwable failure;

    Job(Range body, long count, int parts) {
      this.body = body;
      this.count = count;
      this.parts = parts;
    }

    void work() {
      for (int part = next.getAndIncrement(); part < parts; part = next.getAndIncrement()) {
        try {
          body.run(count * part / parts, count * (part + 1) / parts, part);
        } catch (Throwable t) {
          failure = t;
        }
        finished.incrementAndGet();
      }
    }

    void await() {
      for (int spin = 0; finished.get() < parts; spin++) {
        if (spin < SPINS) Thread.onSpinWait();
        else Thread.yield();
      }
      if (failure instanceof Error e) throw e;
      if (failure != null) throw (RuntimeException) failure;
    }
  }

  private final class Worker extends Thread {
    private volatile boolean parked;

    Worker(int index) {
      super("llama3v-cpu-" + index);
      setDaemon(true);
    }

    void wake() {
      if (parked) LockSupport.unpark(this);
    }

    @Override
    public void run() {
      Job done = current;
      while (!closed) {
        Job job = await(done);
        if (job != null) job.work();
        done = job;
      }
    }

    /** The next job after {@code done}; null when closing. */
    private Job await(Job done) {
      for (int spin = 0; spin < SPINS; spin++) {
        Job job = current;
        if (job != done) return job;
        Thread.onSpinWait();
      }
      parked = true;
      try {
        while (!closed) {
          // Looked at after parked is set: a job published before that is seen here, one published later unparks.
          Job job = current;
          if (job != done) return job;
          LockSupport.park(this);
        }
        return null;
      } finally {
        parked = false;
      }
    }
  }
}
