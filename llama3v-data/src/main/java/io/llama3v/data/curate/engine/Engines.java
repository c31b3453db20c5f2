package io.llama3v.data.curate.engine;

import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** Engines by name. */
public final class Engines {
  /** Threads of this process. */
  public static final String LOCAL = "local";
  /** Apache Spark. */
  public static final String SPARK = "spark";

  private Engines() {}

  /**
   * Starts an engine.
   *
   * @throws EngineException          if it is not part of this build, or cannot run here
   * @throws IllegalArgumentException if no engine has that name
   */
  public static Engine open(String name, EngineOptions options) throws EngineException {
    if (name.equals(LOCAL)) {
      return new LocalEngine(options.threads());
    }
    try {
      for (EngineProvider provider : ServiceLoader.load(EngineProvider.class)) {
        if (provider.name().equals(name)) {
          return provider.open(options);
        }
      }
    } catch (ServiceConfigurationError gone) {
      // the service's file of an earlier build, without its class: as below
    }
    if (name.equals(SPARK)) {
      throw new EngineException("this build has no engine 'spark': it was built with -Dllama3v.lean. Build without that and with -Pspark, "
          + "as examples/bin/llama3v does for '--engine spark'");
    }
    throw new IllegalArgumentException("no engine is called '" + name + "'; there are " + LOCAL + " and " + SPARK);
  }
}
