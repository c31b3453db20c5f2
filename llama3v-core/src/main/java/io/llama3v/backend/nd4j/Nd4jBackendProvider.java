package io.llama3v.backend.nd4j;

import io.llama3v.backend.Backend;
import io.llama3v.backend.BackendProvider;
import java.util.Optional;
import org.nd4j.linalg.factory.Nd4j;

/** Offers the reference backend wherever ND4J loads. */
public final class Nd4jBackendProvider implements BackendProvider {
  @Override
  public String name() {
    return "nd4j";
  }

  @Override
  public int priority() {
    return 10;
  }

  @Override
  public Optional<String> unavailable() {
    try {
      if (Nd4j.getBackend() == null) return Optional.of("ND4J found no backend on the class path");
      return Nd4jCuda.problem(Nd4j.getExecutioner().getEnvironmentInformation());
    } catch (RuntimeException | LinkageError e) {
      Throwable cause = e;
      while (cause.getCause() != null && cause.getCause() != cause) cause = cause.getCause();
      return Optional.of("ND4J does not load: " + cause + Nd4jCuda.hint());
    }
  }

  @Override
  public Backend open() {
    return new Nd4jBackend();
  }
}
