package io.llama3v.train.bench;

import io.llama3v.backend.Backend;
import io.llama3v.backend.Kernels;
import io.llama3v.tensor.Tensor;
import java.util.Arrays;

/**
 * What a backend reaches at best on this machine, with its own BLAS and threads: no step can be faster than its operations and bytes
 * at these rates.
 *
 * @param sgemm operations a second of a large square matrix product in the type that the backend computes in
 * @param copy bytes a second of copying memory that fits no cache, read and written bytes both counted
 */
public record Ceilings(double sgemm, double copy) {
  private static final int REPEATS = 5;
  private static final int SMALLEST = 1024;
  private static final int LARGEST = 16_384;
  private static final double LONG_ENOUGH = 0.05;
  private static final long COPIED = 64L << 20;
  /** The cache of a GPU holds tens of megabytes. */
  private static final long COPIED_ON_DEVICE = 1L << 30;

  /** Measures both: about a second on a CPU. Takes memory, so do it after a peak has been read. */
  public static Ceilings measure(Backend backend) {
    return new Ceilings(sgemm(backend), copy(backend));
  }

  private static double sgemm(Backend backend) {
    for (int n = SMALLEST;; n *= 2) {
      double seconds = product(backend, n);
      if (seconds > LONG_ENOUGH || 2 * n > LARGEST) return 2.0 * n * n * n / seconds;
    }
  }

  private static double product(Backend backend, long n) {
    try (Tensor a = filled(backend, n * n); Tensor b = filled(backend, n * n); Tensor c = filled(backend, n * n)) {
      Kernels kernels = backend.kernels();
      return best(backend, () -> kernels.matmul(a, false, b, false, c, 1, n, n, n, 1, 0));
    }
  }

  private static double copy(Backend backend) {
    long bytes = backend.name().equals("cuda") ? COPIED_ON_DEVICE : COPIED;
    long elements = bytes / backend.computeType().bytes();
    try (Tensor x = filled(backend, elements); Tensor y = filled(backend, elements)) {
      return 2.0 * bytes / best(backend, () -> backend.kernels().copy(x, y));
    }
  }

  private static Tensor filled(Backend backend, long elements) {
    Tensor t = backend.detached(backend.computeType(), elements);
    // Memory that has never been written is one shared page of zeros, which reads faster than any real one.
    backend.kernels().fill(t, 0.5);
    return t;
  }

  /** Seconds of the fastest of several runs after one to warm up: whatever disturbs only makes a run slower. */
  private static double best(Backend backend, Runnable work) {
    long[] nanos = new long[REPEATS];
    for (int i = -1; i < REPEATS; i++) {
      backend.synchronize();
      long start = System.nanoTime();
      work.run();
      backend.synchronize();
      if (i >= 0) nanos[i] = System.nanoTime() - start;
    }
    return Arrays.stream(nanos).min().orElseThrow() * 1e-9;
  }
}
