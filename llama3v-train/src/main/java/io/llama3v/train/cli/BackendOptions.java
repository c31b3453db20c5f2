package io.llama3v.train.cli;

import io.llama3v.backend.Backend;
import io.llama3v.backend.Backends;
import io.llama3v.backend.cuda.CudaBackendProvider;
import io.llama3v.backend.cuda.Precision;
import io.llama3v.backend.simd.CpuBackendProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** {@code --backend}, {@code --precision} and what else concerns backends. */
final class BackendOptions {
  @Spec(Target.MIXEE)
  private CommandSpec spec;

  @Option(names = "--backend", paramLabel = "NAME", description = "auto, or a name that 'llama3v backends' lists.")
  private String name;

  @Option(names = "--threads", paramLabel = "N", description = "Threads of the cpu backend; by default one a processor.")
  void setThreads(int threads) {
    if (threads < 1) throw new ParameterException(spec.commandLine(), "--threads is " + threads + "; expected at least 1");
    // Where the provider of the backend looks for it, which knows nothing of command lines.
    System.setProperty(CpuBackendProvider.THREADS, String.valueOf(threads));
  }

  @Option(names = "--precision", paramLabel = "NAME",
      description = "What the cuda backend computes in: fp32 (the default), tf32 or bf16.")
  void setPrecision(String precision) {
    try {
      System.setProperty(CudaBackendProvider.PRECISION, Precision.named(precision).toString());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--" + e.getMessage());
    }
  }

  @Option(names = "--profile", description = "Time every kernel, and print a table of them at the end (of each stage).")
  void setProfile(boolean profile) {
    if (profile) System.setProperty(Backends.PROFILE, "true");
  }

  /** Whether kernels are to be timed. */
  boolean profile() {
    return Boolean.getBoolean(Backends.PROFILE);
  }

  /** What the cuda backend is to compute in, or null if that was not said. */
  String precision() {
    return System.getProperty(CudaBackendProvider.PRECISION);
  }

  /** The name given, or null. */
  String name() {
    return name;
  }

  /** Threads of the cpu backend. */
  int threads() {
    return Integer.getInteger(CpuBackendProvider.THREADS, Runtime.getRuntime().availableProcessors());
  }

  /** Opens the backend; without a name the best one. */
  Backend open() {
    return Backend.named(name);
  }
}
