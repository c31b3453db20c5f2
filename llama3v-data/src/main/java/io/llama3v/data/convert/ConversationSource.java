package io.llama3v.data.convert;

import java.io.IOException;
import java.util.Map;

/** Conversations, one after another. For one thread. */
public interface ConversationSource extends AutoCloseable {
  /** The next conversation; null after the last. */
  Conversation next() throws IOException;

  /** What was counted on the way, by name: {@code examples}, {@code skipped/no-answer}. */
  default Map<String, Long> counts() {
    return Map.of();
  }

  @Override
  void close() throws IOException;
}
