package io.llama3v.train.preference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llama3v.text.Content;
import io.llama3v.text.Message;
import io.llama3v.text.Role;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What is asked: a conversation that ends with a user's turn, about any number of images, which come before the first user's words.
 *
 * @param id names it in messages and reports
 * @param images where the images are, as {@link JsonlSource} resolves them
 * @param turns the conversation, images included
 */
public record Prompt(String id, List<String> images, List<Message> turns) {
  /** Copies the lists. */
  public Prompt {
    images = List.copyOf(images);
    turns = List.copyOf(turns);
  }

  /** A single question. */
  public static Prompt question(String id, List<String> images, String question) {
    return new Prompt(id, images, List.of(Message.user(question, images.size())));
  }

  /**
   * Reads {@code id}, {@code images}, and {@code question} or {@code messages} of a line.
   *
   * @param where file and line, for messages
   * @throws IllegalArgumentException if the line does not say what is asked
   */
  public static Prompt read(JsonNode line, String where) {
    if (!line.isObject()) throw new IllegalArgumentException(where + ": expected an object {…}, found " + line.getNodeType());
    List<String> images = new ArrayList<>();
    for (JsonNode image : line.path("images")) images.add(image.asText());
    if (line.has("images") && !line.get("images").isArray()) throw new IllegalArgumentException(where + ": 'images' is no list");
    if (line.has("question") == line.has("messages")) {
      throw new IllegalArgumentException(where + ": expected either 'question' or 'messages'; the line has " + keys(line));
    }
    String id = line.path("id").asText(where);
    if (line.has("question")) return question(id, images, text(line, "question", where));
    List<Message> turns = new ArrayList<>();
    int due = images.size();
    for (JsonNode turn : line.get("messages")) {
      String content = text(turn, "content", where);
      Role role = role(turn.path("role").asText(), where);
      turns.add(role == Role.USER ? Message.user(content, due) : new Message(role, List.of(new Content.Text(content))));
      if (role == Role.USER) due = 0;
    }
    if (turns.isEmpty() || turns.get(turns.size() - 1).role() != Role.USER) {
      throw new IllegalArgumentException(where + ": 'messages' must be a list that ends with a turn of the user, which is to be answered");
    }
    return new Prompt(id, images, turns);
  }

  /** The same with images named as a file in {@code folder} has to, instead of {@code file}. */
  public Prompt moved(Path file, Path folder) {
    return new Prompt(id, images.stream().map(name -> PictureFiles.moved(name, file, folder)).toList(), turns);
  }

  private static Role role(String name, String where) {
    for (Role role : new Role[] {Role.SYSTEM, Role.USER, Role.ASSISTANT}) if (role.header().equals(name)) return role;
    throw new IllegalArgumentException(where + ": role '" + name + "'; expected system, user or assistant");
  }

  /** A text of a line. */
  static String text(JsonNode line, String key, String where) {
    if (!line.path(key).isTextual() || line.get(key).asText().isBlank()) {
      throw new IllegalArgumentException(where + ": '" + key + "' is " + (line.has(key) ? "no text" : "missing") + "; the line has " + keys(line));
    }
    return line.get(key).asText();
  }

  private static List<String> keys(JsonNode line) {
    List<String> names = new ArrayList<>();
    line.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** The same as the beginning of a line. */
  public ObjectNode toJson() {
    ObjectNode line = JsonNodeFactory.instance.objectNode().put("id", id);
    if (!images.isEmpty()) images.forEach(line.putArray("images")::add);
    if (turns.size() == 1 && turns.get(0).role() == Role.USER) return line.put("question", words(turns.get(0)));
    var messages = line.putArray("messages");
    for (Message turn : turns) messages.addObject().put("role", turn.role().header()).put("content", words(turn));
    return line;
  }

  private static String words(Message turn) {
    StringBuilder words = new StringBuilder();
    for (Content part : turn.content()) if (part instanceof Content.Text text) words.append(text.text());
    return words.toString();
  }
}
