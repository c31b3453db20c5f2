package io.llama3v.backend.profile;

import io.llama3v.backend.KernelCost;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Time by kernel and by what called it. */
public final class Profile {
  /** What happens in which a kernel runs. */
  public enum Phase {
    /** A tape records. */
    FORWARD,
    /** A tape runs backward; forward calls of recomputed blocks belong to it. */
    BACKWARD,
    /** No tape: updates, generation, evaluation, and the first run of recomputed blocks. */
    UNTAPED
  }

  /**
   * All calls of one kernel from one place.
   *
   * @param phase forward, backward or neither
   * @param operation the operation that runs backward, as it is recorded on the tape; empty in other phases
   * @param kernel name of the kernel; {@code upload} and {@code download} for copies from and to the host
   * @param calls how often
   * @param seconds time in all
   * @param operations multiplications and additions of matrix products in all
   * @param bytes bytes that had to be read and written, in all; 0 for a kernel of unknown cost
   */
  public record Row(Phase phase, String operation, String kernel, long calls, double seconds, long operations, long bytes) {}

  private record Key(Phase phase, String operation, String kernel) {}

  private static final class Sum {
    long calls;
    long nanos;
    long operations;
    long bytes;
  }

  private final Map<Key, Sum> sums = new LinkedHashMap<>();
  private long began = System.nanoTime();

  /** Counts a call. */
  void add(Phase phase, String operation, String kernel, long nanos, KernelCost cost) {
    Sum sum = sums.computeIfAbsent(new Key(phase, operation, kernel), key -> new Sum());
    sum.calls++;
    sum.nanos += nanos;
    sum.operations += cost.operations();
    sum.bytes += cost.bytes();
  }

  /** Forgets everything and starts the clock anew. */
  public void reset() {
    sums.clear();
    began = System.nanoTime();
  }

  /** True if no kernel ran since the last {@link #reset}. */
  public boolean isEmpty() {
    return sums.isEmpty();
  }

  /** What was counted since the last {@link #reset}. */
  public Snapshot snapshot() {
    double elapsed = (System.nanoTime() - began) * 1e-9;
    return new Snapshot(elapsed, sums.entrySet().stream().map(e -> row(e.getKey(), e.getValue()))
        .sorted(Comparator.comparingDouble(Row::seconds).reversed()).toList());
  }

  private static Row row(Key k, Sum s) {
    return new Row(k.phase, k.operation, k.kernel, s.calls, s.nanos * 1e-9, s.operations, s.bytes);
  }

  /**
   * Counts up to a moment.
   *
   * @param seconds time that passed
   * @param rows slowest first
   */
  public record Snapshot(double seconds, List<Row> rows) {
    /** A table with the share of the time, GFLOP/s where there are products, else GB/s; what no kernel accounts for is its last row. */
    public String table() {
      StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%-9s %-16s %-20s %9s %10s %6s %9s %9s%n",
          "phase", "backward of", "kernel", "calls", "ms", "%", "GFLOP/s", "GB/s"));
      double rest = seconds;
      for (Row r : rows) {
        rest -= r.seconds;
        text.append(String.format(Locale.ROOT, "%-9s %-16s %-20s %9d %10.2f %6.1f %9s %9s%n", r.phase.name().toLowerCase(Locale.ROOT),
            r.operation, r.kernel, r.calls, 1e3 * r.seconds, 100 * r.seconds / seconds, rate(r.operations, r.seconds),
            r.operations > 0 ? "" : rate(r.bytes, r.seconds)));
      }
      return text.append(String.format(Locale.ROOT, "%-57s %10.2f %6.1f%n", "between kernels", 1e3 * rest, 100 * rest / seconds))
          .toString();
    }

    private static String rate(long amount, double seconds) {
      return amount == 0 || seconds == 0 ? "" : String.format(Locale.ROOT, "%.1f", amount * 1e-9 / seconds);
    }
  }
}
