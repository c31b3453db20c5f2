package io.llama3v.data.convert.json;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.data.convert.ConvertException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A value in a JSON file that knows its place, so that what is wrong with it can be told with file, line and pointer.
 *
 * @param line    line on which the element that holds it begins
 * @param pointer JSON pointer
 * @param name    name of the field that it is, null in lists
 * @param start   byte offset of the element in the file, −1 where unknown
 * @param end     byte offset after it
 */
public record JsonView(Path file, long line, String pointer, String name, JsonNode node, long start, long end) {

  /** The whole of a small document. */
  public static JsonView of(Path file, long line, JsonNode node) {
    return new JsonView(file, line, "", null, node, -1, -1);
  }

  /** Whether a field is there and not null. */
  public boolean has(String key) {
    return node.hasNonNull(key);
  }

  /** A text field. */
  public String text(String key) {
    return field(key, "a text", JsonNode::isTextual).asText();
  }

  /** A text field; null where it is missing or null. */
  public String textOrNull(String key) {
    return has(key) ? text(key) : null;
  }

  /** A text or a number, as text: identifiers are either. */
  public String id(String key) {
    return field(key, "a text or whole number", n -> n.isTextual() || n.isIntegralNumber()).asText();
  }

  /** A whole number. */
  public long integer(String key) {
    return field(key, "a whole number", n -> n.isIntegralNumber() && n.canConvertToLong()).asLong();
  }

  /** A number. */
  public double number(String key) {
    return field(key, "a number", JsonNode::isNumber).asDouble();
  }

  /** A truth value. */
  public boolean flag(String key) {
    return field(key, "true or false", JsonNode::isBoolean).asBoolean();
  }

  /** A list of texts or numbers, as texts. */
  public List<String> texts(String key) {
    List<String> all = new ArrayList<>();
    for (JsonView entry : list(key)) {
      if (!entry.node.isTextual() && !entry.node.isNumber()) throw entry.wrong("a text");
      all.add(entry.node.asText());
    }
    return all;
  }

  /** The entries of a list. */
  public List<JsonView> list(String key) {
    JsonNode list = field(key, "a list", JsonNode::isArray);
    List<JsonView> all = new ArrayList<>(list.size());
    for (int i = 0; i < list.size(); i++) all.add(below(key + "/" + i, null, list.get(i)));
    return all;
  }

  /** The fields of an object. */
  public List<JsonView> fields(String key) {
    JsonNode object = field(key, "an object", JsonNode::isObject);
    List<JsonView> all = new ArrayList<>(object.size());
    for (Map.Entry<String, JsonNode> e : object.properties()) all.add(below(key + "/" + escape(e.getKey()), e.getKey(), e.getValue()));
    return all;
  }

  /** An object field. */
  public JsonView object(String key) {
    return below(escape(key), key, field(key, "an object", JsonNode::isObject));
  }

  /** Checks that this value is an object. */
  public JsonView asObject() {
    if (!node.isObject()) throw wrong("an object {…}");
    return this;
  }

  /** That this value is not what was expected. */
  public ConvertException wrong(String expected) {
    return bad("expected " + expected + ", found " + said(node));
  }

  /** That a field of this value is not right. */
  public ConvertException bad(String key, String what) {
    return ConvertException.at(file, line, pointer + "/" + escape(key), what);
  }

  /** That something is not right with this value. */
  public ConvertException bad(String what) {
    return ConvertException.at(file, line, pointer, what);
  }

  /** Where this is, for messages. */
  public String where() {
    return ConvertException.where(file, line, pointer);
  }

  private JsonNode field(String key, String expected, Predicate<JsonNode> right) {
    JsonNode value = asObject().node.get(key);
    if (value == null) throw bad("expected a field '" + key + "'; there are " + names());
    if (!right.test(value)) throw bad(key, "expected " + expected + ", found " + said(value));
    return value;
  }

  private List<String> names() {
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    return names.size() > 20 ? names.subList(0, 20) : names;
  }

  private JsonView below(String path, String field, JsonNode value) {
    return new JsonView(file, line, pointer + "/" + path, field, value, -1, -1);
  }

  static String escape(String name) {
    String safe = name.length() > 80 ? name.substring(0, 80) + "…" : name;
    return safe.replace("~", "~0").replace("/", "~1");
  }

  private static String said(JsonNode value) {
    String text = value.toString();
    return value.getNodeType().name().toLowerCase(Locale.ROOT) + " " + (text.length() > 60 ? text.substring(0, 60) + "…" : text);
  }
}
