package io.llama3v.data.convert;

import java.io.IOException;
import java.util.List;

/** Where conversations go. For one thread. */
public interface ConversationSink extends AutoCloseable {
  /**
   * Writes one conversation.
   *
   * @param pictures the encoded pictures, in the order of {@link Conversation#pictures}
   */
  void write(Conversation conversation, List<LoadedPicture> pictures) throws IOException;

  /** Ends the output and gives it its name. */
  void finish() throws IOException;

  /** Without {@link #finish} before, what was being written is discarded. */
  @Override
  void close() throws IOException;
}
