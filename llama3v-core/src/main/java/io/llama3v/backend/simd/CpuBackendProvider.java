package io.llama3v.backend.simd;

import io.llama3v.backend.Backend;
import io.llama3v.backend.BackendProvider;
import java.util.Optional;

/** Offers the CPU backend where the Vector API is there in the form that this build knows. */
public final class CpuBackendProvider implements BackendProvider {
  /** System property for the number of threads; by default one a processor. */
  public static final String THREADS = "llama3v.threads";

  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public int priority() {
    return 50;
  }

  @Override
  public Optional<String> unavailable() {
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      return Optional.of("its kernels need the Vector API: start java with --add-modules jdk.incubator.vector");
    }
    int java = Runtime.version().feature();
    if (java > 21) return Optional.of("its kernels know the Vector API of Java 17 to 21, and this is Java " + java);
    return Optional.empty();
  }

  @Override
  public Backend open() {
    return new CpuBackend(Integer.getInteger(THREADS, Runtime.getRuntime().availableProcessors()));
  }
}
