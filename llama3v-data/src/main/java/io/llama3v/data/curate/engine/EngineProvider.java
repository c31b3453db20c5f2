package io.llama3v.data.curate.engine;

/** Opens an engine that has a name; found by {@link java.util.ServiceLoader}, see {@link Engines}. */
public interface EngineProvider {

  /** What {@code --engine} calls it. */
  String name();

  /**
   * Starts the engine.
   *
   * @throws EngineException if it cannot run here: why, and how to mend it
   */
  Engine open(EngineOptions options) throws EngineException;
}
