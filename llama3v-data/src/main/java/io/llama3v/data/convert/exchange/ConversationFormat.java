package io.llama3v.data.convert.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.data.convert.Conversation;
import io.llama3v.data.convert.json.JsonView;
import java.util.List;

/** A way to write a conversation as JSON. */
public interface ConversationFormat {
  /**
   * A conversation as JSON.
   *
   * @param images names of its pictures' files; data URLs where pictures are inside
   */
  JsonNode write(Conversation conversation, List<String> images);

  /**
   * Reads a conversation.
   *
   * @param id where the JSON has none
   */
  Conversation read(JsonView json, String id);

  /** Whether a file is a list of conversations; otherwise it has one a line. Both are read. */
  boolean list();

  /** The project's own: {@link ConversationJson}. */
  static ConversationFormat own() {
    return new ConversationFormat() {
      @Override
      public JsonNode write(Conversation conversation, List<String> images) {
        return ConversationJson.write(conversation, images);
      }

      @Override
      public Conversation read(JsonView json, String id) {
        return ConversationJson.read(json, id, null);
      }

      @Override
      public boolean list() {
        return false;
      }
    };
  }
}
