package io.llama3v.backend.simd;

import io.llama3v.backend.Backend;
import io.llama3v.backend.BackendProvider;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** Offers the CPU backend where the Vector API is there, in a form that its kernels know. */
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
    try {
      Vec.store(Vec.broadcast(1), ByteBuffer.allocateDirect(4 * Vec.N).order(ByteOrder.nativeOrder()), 0);
    } catch (LinkageError e) {
      // A class path without the jar's second version of VecMemory, or a Vector API that has changed once more.
      return Optional.of("its kernels do not fit the Vector API of Java " + Runtime.version().feature() + " (" + e.getMessage()
          + "): run it from its jar, which fits more of them than unpacked classes do, or on Java 17");
    }
    return Optional.empty();
  }

  @Override
  public Backend open() {
    return new CpuBackend(Integer.getInteger(THREADS, Runtime.getRuntime().availableProcessors()));
  }
}
