package io.llama3v.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** One turn of a conversation. */
public record Message(Role role, List<Content> content) {

  public Message {
    Objects.requireNonNull(role, "role");
    content = List.copyOf(content);
  }

  public static Message system(String text) {
    return new Message(Role.SYSTEM, List.of(new Content.Text(text)));
  }

  public static Message user(String text) {
    return user(text, 0);
  }

  /** A user's turn with {@code images} images before its text. */
  public static Message user(String text, int images) {
    if (images < 0) {
      throw new IllegalArgumentException(images + " images");
    }
    List<Content> content = new ArrayList<>(images + 1);
    for (int i = 0; i < images; i++) {
      content.add(new Content.Image());
    }
    content.add(new Content.Text(text));
    return new Message(Role.USER, content);
  }

  public static Message assistant(String text) {
    return new Message(Role.ASSISTANT, List.of(new Content.Text(text)));
  }

  /** How many images the turn holds. */
  public int images() {
    return (int) content.stream().filter(Content.Image.class::isInstance).count();
  }
}
