package io.llama3v.config;

/** A mistake in a configuration: the message says where (file:line:column), what is wrong and what was expected. */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ConfigException(String message) {
    super(message);
  }

  public ConfigException(String message, Throwable cause) {
    super(message, cause);
  }

  ConfigException(Source source, String message) {
    super(source + ": " + message);
  }

  ConfigException(Source source, String message, Throwable cause) {
    super(source + ": " + message, cause);
  }
}
