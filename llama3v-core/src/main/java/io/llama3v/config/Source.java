package io.llama3v.config;

/**
 * Where a value was written.
 *
 * @param origin a file, or an override such as {@code override 'optimizer.learning_rate=2e-5'}
 * @param line   from 1 on; 0 when there are no lines to count
 * @param column from 1 on
 */
record Source(String origin, int line, int column) {

  static Source override(String text) {
    return new Source("override '" + text + "'", 0, 0);
  }

  @Override
  public String toString() {
    return line == 0 ? origin : origin + ":" + line + ":" + column;
  }
}
