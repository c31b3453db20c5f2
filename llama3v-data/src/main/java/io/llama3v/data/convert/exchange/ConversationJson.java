package io.llama3v.data.convert.exchange;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llama3v.data.convert.Conversation;
import io.llama3v.data.convert.Picture;
import io.llama3v.data.convert.Truth;
import io.llama3v.data.convert.json.JsonView;
import io.llama3v.io.Json;
import io.llama3v.text.Content;
import io.llama3v.text.Message;
import io.llama3v.text.Role;
import java.util.ArrayList;
import java.util.List;

/**
 * The project's own form of a conversation, as a JSONL line or the {@code json} member of a sample: {@code {"id", "source", "images":
 * ["a/b.jpg"], "messages": [{"role": "user", "content": "…"}, {"role": "assistant", "content": "…"}], "truths": […]}}. The pictures stand
 * before the first user's words; where they stand elsewhere, {@code content} is a list of {@code {"type": "image"}} and {@code {"type":
 * "text", "text": "…"}}.
 */
public final class ConversationJson {
  private static final ObjectMapper MAPPER = Json.mapper();

  private ConversationJson() {}

  /** A conversation as JSON, its pictures under the given names. */
  public static ObjectNode write(Conversation c, List<String> images) {
    ObjectNode json = MAPPER.createObjectNode().put("id", c.id());
    if (!c.source().isEmpty()) json.put("source", c.source());
    if (!images.isEmpty()) images.forEach(json.putArray("images")::add);
    boolean usual = usual(c);
    ArrayNode messages = json.putArray("messages");
    for (Message m : c.messages()) {
      ObjectNode message = messages.addObject().put("role", m.role().header());
      if (usual) message.put("content", Conversation.words(m));
      else parts(m, message.putArray("content"));
    }
    if (!c.truths().isEmpty()) c.truths().forEach(t -> json.withArray("truths").add(MAPPER.valueToTree(t)));
    return json;
  }

  /** Whether all pictures stand before the first user's words, and each message is one text: then no list is needed. */
  private static boolean usual(Conversation c) {
    boolean first = true;
    for (Message m : c.messages()) {
      int expected = m.role() == Role.USER && first ? c.pictures().size() : 0;
      if (m.role() == Role.USER) first = false;
      if (m.images() != expected || m.content().size() != expected + 1 || !(m.content().get(expected) instanceof Content.Text)) return false;
    }
    return true;
  }

  private static void parts(Message m, ArrayNode parts) {
    for (Content part : m.content()) {
      if (part instanceof Content.Text text) parts.addObject().put("type", "text").put("text", text.text());
      else parts.addObject().put("type", "image");
    }
  }

  /**
   * Reads a conversation.
   *
   * @param id where the JSON has none
   * @param pictures of the sample; null takes the names in {@code images}
   */
  public static Conversation read(JsonView v, String id, List<Picture> pictures) {
    List<Picture> shown = pictures;
    if (shown == null) {
      shown = new ArrayList<>();
      if (v.has("images")) for (String name : v.texts("images")) shown.add(new Picture.Named(name));
    }
    List<JsonView> raw = v.list("messages");
    boolean lists = raw.stream().anyMatch(m -> m.asObject().node().path("content").isArray());
    List<Message> messages = new ArrayList<>();
    int due = lists ? 0 : shown.size();
    for (JsonView m : raw) {
      Role role = role(m);
      List<Content> content = new ArrayList<>();
      if (role == Role.USER) {
        for (; due > 0; due--) content.add(new Content.Image());
      }
      content(m, content);
      messages.add(new Message(role, content));
    }
    return conversation(v, v.has("id") ? v.id("id") : id, v.textOrNull("source"), shown, messages, truths(v));
  }

  private static void content(JsonView m, List<Content> content) {
    if (!m.node().path("content").isArray()) {
      content.add(new Content.Text(m.text("content")));
      return;
    }
    for (JsonView part : m.list("content")) {
      switch (part.text("type")) {
        case "text" -> content.add(new Content.Text(part.text("text")));
        case "image" -> content.add(new Content.Image());
        default -> throw part.bad("type", "expected text or image, found '" + part.text("type") + "'");
      }
    }
  }

  /** A conversation out of a file; what it refuses is told with its place. */
  static Conversation conversation(JsonView v, String id, String source, List<Picture> pictures, List<Message> messages, List<Truth> truths) {
    try {
      return new Conversation(id, source, pictures, messages, truths);
    } catch (IllegalArgumentException e) {
      throw v.bad(e.getMessage());
    }
  }

  /** The role of a message. */
  static Role role(JsonView message) {
    try {
      return Role.of(message.text("role"));
    } catch (IllegalArgumentException e) {
      throw message.bad("role", e.getMessage());
    }
  }

  private static List<Truth> truths(JsonView v) {
    List<Truth> truths = new ArrayList<>();
    if (!v.has("truths")) return truths;
    for (JsonView t : v.list("truths")) {
      JsonNode node = t.node();
      try {
        truths.add(MAPPER.treeToValue(node, Truth.class));
      } catch (JsonProcessingException e) {
        throw t.bad("no truth of a question: " + e.getOriginalMessage());
      }
    }
    return truths;
  }
}
