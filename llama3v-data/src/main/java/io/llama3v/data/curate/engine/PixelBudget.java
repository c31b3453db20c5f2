package io.llama3v.data.curate.engine;

import java.util.concurrent.Semaphore;

/**
 * Bounds the memory of decoded pictures over all threads to half of the heap. A batch that alone asks for more waits until it is
 * the only one.
 */
final class PixelBudget {
  private static final int UNIT = 1 << 10;
  private final int total;
  private final Semaphore units;

  PixelBudget(long heapBytes) {
    total = (int) Math.max(1, Math.min(Integer.MAX_VALUE, heapBytes / 2 / UNIT));
    units = new Semaphore(total, true);
  }

  /** Waits for memory; give back what this returns. */
  int acquire(long bytes) {
    int wanted = (int) Math.max(1, Math.min(total, bytes / UNIT));
    units.acquireUninterruptibly(wanted);
    return wanted;
  }

  void release(int wanted) {
    units.release(wanted);
  }
}
