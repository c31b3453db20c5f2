package io.llama3v.data.convert;

import io.llama3v.text.Content;
import io.llama3v.text.Message;
import io.llama3v.text.Role;
import java.util.List;

/**
 * A conversation about any number of pictures.
 *
 * @param id       names it; letters, digits and {@code _ - /} where it has been through {@link #key}
 * @param source   the set or file that it comes from; empty where unknown
 * @param pictures in the order in which the messages show them
 * @param messages as {@link io.llama3v.text.ChatTemplate} takes them; pictures stand in turns of the user
 * @param truths   what benchmarks know of its questions; empty for most
 */
public record Conversation(String id, String source, List<Picture> pictures, List<Message> messages, List<Truth> truths) {
  public Conversation {
    pictures = List.copyOf(pictures);
    messages = List.copyOf(messages);
    truths = List.copyOf(truths);
    source = source == null ? "" : source;
    if (messages.isEmpty()) throw new IllegalArgumentException(id + ": a conversation without messages");
    long shown = messages.stream().mapToLong(Message::images).sum();
    if (shown != pictures.size()) throw new IllegalArgumentException(id + ": the messages show " + shown + " pictures, and " + pictures.size() + " are given");
    for (Message m : messages) {
      if (m.role() != Role.USER && m.images() > 0) throw new IllegalArgumentException(id + ": a picture in a turn of the " + m.role().header());
    }
  }

  /** What can stand in a tar as a key: no dots, no odd characters, at most 200. */
  public static String key(String id) {
    String safe = id.replaceAll("[^\\p{L}\\p{N}_/-]+", "_").replaceAll("^/+|/+$", "");
    return safe.isEmpty() ? "_" : safe.length() > 200 ? safe.substring(0, 200) : safe;
  }

  /** The words of a message, without its pictures. */
  public static String words(Message message) {
    StringBuilder words = new StringBuilder();
    for (Content part : message.content()) if (part instanceof Content.Text text) words.append(text.text());
    return words.toString();
  }
}
