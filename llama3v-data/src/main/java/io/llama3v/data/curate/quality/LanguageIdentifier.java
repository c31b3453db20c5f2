package io.llama3v.data.curate.quality;

import java.util.List;

/** Tells the language of a text. Safe for several threads. */
public interface LanguageIdentifier extends AutoCloseable {

  /**
   * One language that a text may be in.
   *
   * @param language   ISO 639-1 code in lower case
   * @param confidence from 0 to 1
   */
  record Guess(String language, double confidence) {}

  /** Names implementation, version and candidates. */
  String fingerprint();

  /** The likeliest first; empty if it cannot tell. */
  List<Guess> guess(String text);

  @Override
  default void close() {}
}
