package io.llama3v.data.convert.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llama3v.data.convert.Conversation;
import io.llama3v.data.convert.Picture;
import io.llama3v.data.convert.json.JsonView;
import io.llama3v.text.Content;
import io.llama3v.text.Message;
import io.llama3v.text.Role;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Messages as OpenAI's chat and fine-tuning interfaces take them: {@code {"messages": [{"role": "user", "content": [{"type": "image_url",
 * "image_url": {"url": "data:image/png;base64,…"}}, {"type": "text", "text": "What is it?"}]}, {"role": "assistant", "content": "A
 * cat."}]}}. A picture's URL is a data URL, or the path of a file; what is on the network is not fetched. The format has no ids: a line is
 * named by its file and number. Source: platform.openai.com/docs, "Images and vision" and "Vision fine-tuning".
 */
public final class OpenAiFormat implements ConversationFormat {
  @Override
  public JsonNode write(Conversation c, List<String> images) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode messages = json.putArray("messages");
    int picture = 0;
    for (Message m : c.messages()) {
      ObjectNode message = messages.addObject().put("role", m.role().header());
      if (m.content().size() == 1 && m.content().get(0) instanceof Content.Text text) {
        message.put("content", text.text());
        continue;
      }
      ArrayNode parts = message.putArray("content");
      for (Content part : m.content()) {
        if (part instanceof Content.Text text) parts.addObject().put("type", "text").put("text", text.text());
        else parts.addObject().put("type", "image_url").putObject("image_url").put("url", images.get(picture++));
      }
    }
    return json;
  }

  @Override
  public Conversation read(JsonView v, String id) {
    List<Picture> pictures = new ArrayList<>();
    List<Message> messages = new ArrayList<>();
    for (JsonView m : v.list("messages")) {
      Role role = m.text("role").equals("developer") ? Role.SYSTEM : ConversationJson.role(m);
      List<Content> content = new ArrayList<>();
      if (m.has("content") && m.node().get("content").isArray()) {
        for (JsonView part : m.list("content")) content.add(part(part, id, pictures));
      } else {
        content.add(new Content.Text(m.text("content")));
      }
      messages.add(new Message(role, content));
    }
    return ConversationJson.conversation(v, id, null, pictures, messages, List.of());
  }

  private static Content part(JsonView part, String id, List<Picture> pictures) {
    String type = part.text("type");
    if (type.equals("text")) return new Content.Text(part.text("text"));
    if (!type.equals("image_url")) throw part.bad("type", "expected text or image_url, found '" + type + "'");
    JsonView image = part.object("image_url");
    String url = image.text("url");
    pictures.add(url.startsWith("data:") ? embedded(image, url, id + "-" + pictures.size()) : new Picture.Named(url.replaceFirst("^file://", "")));
    return new Content.Image();
  }

  private static Picture embedded(JsonView image, String url, String name) {
    int comma = url.indexOf(',');
    if (comma < 0 || !url.substring(0, comma).endsWith(";base64")) throw image.bad("url", "expected data:image/TYPE;base64,…");
    try {
      return new Picture.Embedded(name, Base64.getDecoder().decode(url.substring(comma + 1)));
    } catch (IllegalArgumentException e) {
      throw image.bad("url", "not base64: " + e.getMessage());
    }
  }

  @Override
  public boolean list() {
    return false;
  }
}
