package io.llama3v.train.bench;

import io.llama3v.backend.Backend;
import io.llama3v.backend.profile.Profile;
import io.llama3v.backend.profile.ProfilingBackend;
import io.llama3v.tensor.DType;
import io.llama3v.train.report.ProcessMemory;
import java.util.Arrays;

/** Times a workload in this process. The peak of memory is the process's own, so that a process measures one workload. */
public final class Benchmark {
  private final Backend backend;
  private final int steps;

  /** Measures on a backend, the given number of steps after those that warm up. */
  public Benchmark(Backend backend, int steps) {
    if (steps < 1) throw new IllegalArgumentException(steps + " steps to be timed; expected at least 1");
    this.backend = backend;
    this.steps = steps;
  }

  /**
   * Runs a workload, then measures the ceilings.
   *
   * @param threads threads of the backend, for the record
   * @param version version of this library, for the record
   */
  public BenchResult run(Workload workload, int threads, String version) {
    double[] milliseconds;
    Profile.Snapshot profile = null;
    long parameters;
    long trained;
    try (Workload.Session session = workload.open(backend)) {
      parameters = session.parameters();
      trained = session.trained();
      milliseconds = time(workload, session);
      if (backend instanceof ProfilingBackend profiling) profile = profiling.profile().snapshot();
    }
    // A device with memory of its own: what the process holds beside it is of no interest.
    long peak = (onDevice() ? backend.peakBytes() : ProcessMemory.peakBytes()) >> 20;
    backend.trim();
    Ceilings ceilings = Ceilings.measure(backend);
    forgetProfile();
    StepCost cost = StepCost.of(workload);
    double median = median(milliseconds);
    double floor = 1e3 * cost.floor(ceilings, workload.resultsPerStep());
    return new BenchResult(workload.name(), round(median), round(Arrays.stream(milliseconds).min().orElseThrow()), peak, parameters,
        trained, steps, round(cost.operations() * 1e-9 / workload.resultsPerStep()), round(ceilings.sgemm() * 1e-9),
        round(ceilings.copy() * 1e-9), round(floor), round(floor / median), backend.describe(), onDevice() ? "cuda" : "cpu", dtype(), threads, version,
        System.getProperty("java.version"), profile);
  }

  /** Warming up and measuring ceilings are not what a profile is asked for. */
  private void forgetProfile() {
    if (backend instanceof ProfilingBackend profiling) profiling.profile().reset();
  }

  private boolean onDevice() {
    return backend.name().equals("cuda");
  }

  private String dtype() {
    return backend.computeType() == DType.BF16 ? "bf16" : "fp32";
  }

  private double[] time(Workload workload, Workload.Session session) {
    double[] times = new double[steps];
    for (int i = -workload.warmUps(); i < steps; i++) {
      if (i == 0) forgetProfile();
      backend.synchronize();
      long start = System.nanoTime();
      session.step();
      backend.synchronize();
      if (i >= 0) times[i] = (System.nanoTime() - start) * 1e-6 / workload.resultsPerStep();
    }
    return times;
  }

  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static double round(double value) {
    return Math.round(value * 1000) / 1000.0;
  }
}
