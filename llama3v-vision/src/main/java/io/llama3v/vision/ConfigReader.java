package io.llama3v.vision;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.llama3v.backend.UnaryOp;

/**
 * Reads one object of a model's {@code config.json}. Files written by {@code save_pretrained} omit values that equal the
 * library's defaults, so every key has a fallback; a key that is there must have the right type and a sane size, since tensors
 * are declared from it.
 */
public final class ConfigReader {
  /** No width, vocabulary or image side is larger. */
  private static final int LARGEST_SIZE = 1 << 24;
  /** No stack of blocks is deeper. */
  private static final int MOST_LAYERS = 4096;

  private final JsonNode object;
  private final String where;

  /** Reads {@code object}; {@code where} (a file, then a path of keys) begins every message. */
  public ConfigReader(JsonNode object, String where) {
    if (!object.isObject()) throw new IllegalArgumentException(where + ": expected a JSON object, found " + object);
    this.object = object;
    this.where = where;
  }

  /** A nested object; empty if absent or null. */
  public ConfigReader object(String key) {
    JsonNode value = object.path(key);
    boolean absent = value.isMissingNode() || value.isNull();
    return new ConfigReader(absent ? JsonNodeFactory.instance.objectNode() : value, where + ": " + key);
  }

  /** The value of a key, or null if it is absent or null. */
  public JsonNode value(String key) {
    JsonNode value = object.path(key);
    return value.isMissingNode() || value.isNull() ? null : value;
  }

  /** A positive size. */
  public int size(String key, int fallback) {
    return integer(key, fallback, 1, LARGEST_SIZE);
  }

  /** A number of blocks. */
  public int layers(String key, int fallback) {
    return integer(key, fallback, 0, MOST_LAYERS);
  }

  /** An integer within bounds. */
  public int integer(String key, int fallback, int least, int most) {
    JsonNode value = value(key);
    if (value == null) return fallback;
    if (!value.canConvertToInt() || !value.isIntegralNumber() || value.asInt() < least || value.asInt() > most) {
      throw wrong(key, "an integer from " + least + " to " + most);
    }
    return value.asInt();
  }

  /** A positive number. */
  public double number(String key, double fallback) {
    JsonNode value = value(key);
    if (value == null) return fallback;
    if (!value.isNumber() || !(value.asDouble() > 0) || Double.isInfinite(value.asDouble())) throw wrong(key, "a positive number");
    return value.asDouble();
  }

  /** True or false. */
  public boolean flag(String key, boolean fallback) {
    JsonNode value = value(key);
    if (value == null) return fallback;
    if (!value.isBoolean()) throw wrong(key, "true or false");
    return value.asBoolean();
  }

  /** A text. */
  public String text(String key, String fallback) {
    JsonNode value = value(key);
    if (value == null) return fallback;
    if (!value.isTextual()) throw wrong(key, "a text");
    return value.asText();
  }

  /** One of an enumeration's constants, in lower case. */
  public <E extends Enum<E>> E choice(String key, E fallback) {
    String name = text(key, null);
    if (name == null) return fallback;
    for (E constant : fallback.getDeclaringClass().getEnumConstants()) {
      if (constant.name().equalsIgnoreCase(name)) return constant;
    }
    throw wrong(key, "one of " + java.util.Arrays.toString(fallback.getDeclaringClass().getEnumConstants()).toLowerCase(java.util.Locale.ROOT));
  }

  /** An activation function by its name. */
  public UnaryOp activation(String key, UnaryOp fallback) {
    String name = text(key, null);
    if (name == null) return fallback;
    UnaryOp activation = ActivationNames.parse(name);
    if (activation == null) throw wrong(key, "gelu, quick_gelu, silu or relu");
    return activation;
  }

  /** A list of integers from 0 on. */
  public int[] integers(String key, int... fallback) {
    JsonNode value = value(key);
    return value == null ? fallback : integers(key, value);
  }

  /** The integers of a node that belongs to {@code key}. */
  public int[] integers(String key, JsonNode list) {
    if (!list.isArray() || list.size() > MOST_LAYERS) throw wrong(key, "a list of integers");
    int[] out = new int[list.size()];
    for (int i = 0; i < out.length; i++) {
      if (!list.get(i).isIntegralNumber() || !list.get(i).canConvertToInt() || list.get(i).asInt() < 0) {
        throw wrong(key, "a list of integers from 0 on");
      }
      out[i] = list.get(i).asInt();
    }
    return out;
  }

  /** The error for a value that is not what was expected. */
  public IllegalArgumentException wrong(String key, String expected) {
    return new IllegalArgumentException(where + ": '" + key + "' is " + object.path(key) + "; expected " + expected);
  }
}
