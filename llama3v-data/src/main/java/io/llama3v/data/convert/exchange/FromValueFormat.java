package io.llama3v.data.convert.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llama3v.data.convert.Conversation;
import io.llama3v.data.convert.ConvertException;
import io.llama3v.data.convert.Picture;
import io.llama3v.data.convert.json.JsonView;
import io.llama3v.text.Content;
import io.llama3v.text.Message;
import io.llama3v.text.Role;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns of {@code from} and {@code value}, as LLaVA and ShareGPT have them: {@code {"id", "image": "a.jpg", "conversations": [{"from":
 * "human", "value": "<image>\nWhat is it?"}, {"from": "gpt", "value": "A cat."}]}}. Several pictures are a list, by either of the names
 * {@code image} and {@code images}; {@code <image>} stands for the next of them, a line of its own. Where a text shows none, the pictures
 * come first. ShareGPT may have a {@code system} beside the turns. Source: haotian-liu/LLaVA, {@code docs/Finetune_Custom_Data.md} and
 * {@code llava/train/train.py}; hiyouga/LLaMA-Factory, {@code data/README.md}.
 */
public enum FromValueFormat implements ConversationFormat {
  LLAVA, SHAREGPT;

  private static final String IMAGE = "<image>";

  @Override
  public JsonNode write(Conversation c, List<String> images) {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("id", c.id());
    if (this == LLAVA && images.size() == 1) json.put("image", images.get(0));
    else if (!images.isEmpty()) images.forEach(json.putArray(this == LLAVA ? "image" : "images")::add);
    List<Message> messages = c.messages();
    if (this == SHAREGPT && messages.get(0).role() == Role.SYSTEM) {
      json.put("system", Conversation.words(messages.get(0)));
      messages = messages.subList(1, messages.size());
    }
    ArrayNode turns = json.putArray("conversations");
    for (Message m : messages) {
      turns.addObject().put("from", switch (m.role()) {
        case USER -> "human";
        case ASSISTANT -> "gpt";
        case SYSTEM -> "system";
      }).put("value", value(c, m));
    }
    return json;
  }

  private static String value(Conversation c, Message m) {
    StringBuilder value = new StringBuilder();
    Content before = null;
    for (Content part : m.content()) {
      if (before instanceof Content.Image || before != null && part instanceof Content.Image) value.append('\n');
      if (part instanceof Content.Text text) {
        if (text.text().contains(IMAGE)) {
          throw new ConvertException(c.id() + ": the words hold '" + IMAGE + "', which would be read as a picture in this format; write it as jsonl or tar");
        }
        value.append(text.text());
      } else {
        value.append(IMAGE);
      }
      before = part;
    }
    return value.toString();
  }

  @Override
  public Conversation read(JsonView v, String id) {
    List<Picture> pictures = new ArrayList<>();
    for (String key : List.of("image", "images")) {
      if (!v.asObject().has(key)) continue;
      if (v.node().get(key).isArray()) v.texts(key).forEach(name -> pictures.add(new Picture.Named(name)));
      else pictures.add(new Picture.Named(v.text(key)));
    }
    List<JsonView> turns = v.list("conversations");
    boolean shown = turns.stream().anyMatch(t -> role(t) == Role.USER && t.text("value").contains(IMAGE));
    List<Message> messages = new ArrayList<>();
    if (v.has("system") && !v.text("system").isEmpty()) messages.add(Message.system(v.text("system")));
    int due = shown ? 0 : pictures.size();
    for (JsonView t : turns) {
      Role role = role(t);
      List<Content> content = new ArrayList<>();
      if (role == Role.USER) {
        for (; due > 0; due--) content.add(new Content.Image());
        parts(t.text("value"), content);
      } else {
        content.add(new Content.Text(t.text("value")));
      }
      messages.add(new Message(role, content));
    }
    return ConversationJson.conversation(v, v.has("id") ? v.id("id") : id, null, pictures, messages, List.of());
  }

  private static void parts(String value, List<Content> content) {
    int from = 0;
    for (int at = value.indexOf(IMAGE); at >= 0; at = value.indexOf(IMAGE, from)) {
      text(value.substring(from, at), from > 0, true, content);
      content.add(new Content.Image());
      from = at + IMAGE.length();
    }
    text(value.substring(from), from > 0, false, content);
  }

  /** The line ends that set a picture apart are no words. */
  private static void text(String words, boolean afterPicture, boolean beforePicture, List<Content> content) {
    String text = afterPicture && words.startsWith("\n") ? words.substring(1) : words;
    if (beforePicture && text.endsWith("\n")) text = text.substring(0, text.length() - 1);
    if (!text.isEmpty()) content.add(new Content.Text(text));
  }

  private static Role role(JsonView turn) {
    String from = turn.text("from");
    return switch (from) {
      case "human", "user" -> Role.USER;
      case "gpt", "assistant", "chatgpt", "bing", "bard" -> Role.ASSISTANT;
      case "system" -> Role.SYSTEM;
      default -> throw turn.bad("from", "expected human, gpt or system, found '" + from + "'");
    };
  }

  @Override
  public boolean list() {
    return true;
  }
}
