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
      return Nd4j.getBackend() == null ? Optional.of("ND4J found no backend on the class path") : Optional.empty();
    } catch (RuntimeException | LinkageError e) {
      Throwable cause = e;
      while (cause.getCause() != null && cause.getCause() != cause) cause = cause.getCause();
      return Optional.of("ND4J does not load: " + cause);
    }
  }

  @Override
  public Backend open() {
    return new Nd4jBackend();
  }
}
