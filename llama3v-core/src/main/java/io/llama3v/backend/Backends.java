package io.llama3v.backend;

import io.llama3v.backend.profile.ProfilingBackend;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses among the backends on the class path, and says in one log line which one runs and why. */
public final class Backends {
  private static final Logger LOG = LoggerFactory.getLogger(Backends.class);

  /** System property: {@code true} makes every backend time its kernels and log a table of them; see {@link ProfilingBackend}. */
  public static final String PROFILE = "llama3v.profile";

  private Backends() {}

  /** All registered backends, best first. */
  public static List<BackendProvider> all() {
    List<BackendProvider> found = new ArrayList<>();
    for (BackendProvider provider : ServiceLoader.load(BackendProvider.class, Backends.class.getClassLoader())) found.add(provider);
    found.sort(Comparator.comparingInt(BackendProvider::priority).reversed());
    return found;
  }

  /** Opens the best backend that can run here. */
  public static Backend best() {
    StringBuilder passedOver = new StringBuilder();
    for (BackendProvider provider : all()) {
      Optional<String> reason = provider.unavailable();
      if (reason.isEmpty()) return announce(provider.open(), passedOver.toString());
      passedOver.append("; not ").append(provider.name()).append(": ").append(reason.get());
    }
    throw new IllegalStateException("no backend can run on this machine" + passedOver);
  }

  /**
   * Opens a backend by name; {@code auto} or null means the best one.
   *
   * @throws IllegalArgumentException if there is none of that name, or it cannot run here
   */
  public static Backend named(String name) {
    if (name == null || name.equals("auto")) return best();
    List<String> names = new ArrayList<>();
    for (BackendProvider provider : all()) {
      names.add(provider.name());
      if (!provider.name().equals(name)) continue;
      Optional<String> reason = provider.unavailable();
      if (reason.isPresent()) throw new IllegalArgumentException("backend '" + name + "' cannot run here: " + reason.get());
      return announce(provider.open(), "; asked for by name");
    }
    throw new IllegalArgumentException("no backend is called '" + name + "'; there are " + names + " and auto");
  }

  private static Backend announce(Backend backend, String why) {
    LOG.info("backend {}{}", backend.describe(), why);
    return Boolean.getBoolean(PROFILE) ? new ProfilingBackend(backend) : backend;
  }
}
