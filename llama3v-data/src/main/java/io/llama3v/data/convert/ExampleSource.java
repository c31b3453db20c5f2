package io.llama3v.data.convert;

import java.io.IOException;
import java.util.Map;

/** The entries of an academic set, one after another, in bounded memory. For one thread. */
public interface ExampleSource extends AutoCloseable {
  /**
   * The next entry; null after the last.
   *
   * @throws ConvertException if the file is not what the set publishes
   */
  Example next() throws IOException;

  /** Short name of the set: {@code vqav2}. Begins the keys of its samples. */
  String name();

  /** Entries that were passed over because the set itself has nothing to learn in them, by reason. */
  default Map<String, Long> skipped() {
    return Map.of();
  }

  @Override
  void close() throws IOException;
}
