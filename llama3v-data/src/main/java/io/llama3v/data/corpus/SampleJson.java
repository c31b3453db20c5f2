package io.llama3v.data.corpus;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llama3v.data.sample.Sample;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** The JSON member of generated samples; the package description lists its fields. */
public final class SampleJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private SampleJson() {}

  /** A sample of a picture, a text and a description. */
  public static Sample sample(String key, byte[] png, String text, ObjectNode json) {
    Map<String, byte[]> members = new LinkedHashMap<>();
    members.put("png", png);
    members.put("txt", text.getBytes(StandardCharsets.UTF_8));
    try {
      members.put("json", JSON.writeValueAsBytes(json));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e); // a tree of strings and numbers can always be written
    }
    return new Sample(key, members);
  }

  static ObjectNode icon(DrawnIcon drawn) {
    Icon icon = drawn.icon();
    return JsonNodeFactory.instance.objectNode().put("icon", icon.id()).put("label", icon.label())
        .put("concept", drawn.concept()).put("split", drawn.split().word());
  }

  static ObjectNode scene(Scene scene, List<String> captions) {
    ObjectNode node = JsonNodeFactory.instance.objectNode().put("caption", captions.get(0));
    node.set("captions", texts(captions));
    node.put("layout", scene.layout().name().toLowerCase(Locale.ROOT)).put("width", scene.width())
        .put("height", scene.height()).put("background", scene.kind().word());
    ArrayNode objects = node.putArray("objects");
    TreeSet<String> licences = new TreeSet<>();
    for (Scene.Placed placed : scene.objects()) {
      ObjectNode object = icon(placed.icon());
      objects.add(object);
      if (!placed.icon().mask().coloured()) {
        object.put("colour", placed.colour().word());
      }
      object.put("place", placed.place().word()).set("box", box(placed.box()));
      licences.add(IconFamily.of(placed.icon().icon().family()).licence());
    }
    if (scene.text() != null) {
      node.putObject("text").put("text", scene.text().text()).put("colour", scene.text().colour().word())
          .set("box", box(scene.text().box()));
    }
    node.set("licences", texts(List.copyOf(licences)));
    return node;
  }

  static ArrayNode conversations(List<Question> questions) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    for (Question q : questions) {
      array.addObject().put("kind", q.kind().word()).put("question", q.question()).put("answer", q.answer())
          .put("objects", q.objects());
    }
    return array;
  }

  /** Left, top, right, bottom. */
  public static ArrayNode box(int[] box) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    for (int edge : box) {
      array.add(edge);
    }
    return array;
  }

  /** A list of texts. */
  public static ArrayNode texts(List<String> texts) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    texts.forEach(array::add);
    return array;
  }
}
