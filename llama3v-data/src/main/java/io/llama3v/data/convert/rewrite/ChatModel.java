package io.llama3v.data.convert.rewrite;

/** A language model that is asked one thing. Safe for use by as many threads as {@link #parallel} says. */
public interface ChatModel extends AutoCloseable {
  /**
   * The model's answer.
   *
   * @param seed of its choices, where it makes any
   * @throws ChatException if there is none, now or at all
   */
  String answer(String system, String user, long seed) throws ChatException, InterruptedException;

  /** How many may ask at a time. */
  default int parallel() {
    return 1;
  }

  @Override
  default void close() {}
}
