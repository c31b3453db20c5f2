package io.llama3v.backend;

import java.util.Optional;

/** Finds out whether a backend can run here, and opens it. Registered as a Java service. */
public interface BackendProvider {
  /** Name, as {@code --backend} takes it. */
  String name();

  /** The higher, the earlier it is chosen. */
  int priority();

  /** Empty if this machine can run it, else the reason why not, in words for the log. */
  Optional<String> unavailable();

  /** Opens it. */
  Backend open();
}
