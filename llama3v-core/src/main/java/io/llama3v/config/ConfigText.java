package io.llama3v.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.llama3v.io.Digests;
import java.lang.reflect.Array;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Configuration records as text. */
final class ConfigText {
  private static final YAMLMapper YAML = YAMLMapper.builder(YAMLFactory.builder()
      .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
      .disable(YAMLGenerator.Feature.SPLIT_LINES)
      .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
      .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS).build()).build();

  private ConfigText() {}

  static String yaml(Record config) {
    try {
      return YAML.writeValueAsString(tree(config));
    } catch (JsonProcessingException unwritable) {
      throw new IllegalStateException("cannot be written as YAML: " + unwritable.getOriginalMessage(), unwritable);
    }
  }

  static SortedMap<String, String> flatten(Record config) {
    SortedMap<String, String> flat = new TreeMap<>();
    flatten("", tree(config), flat);
    return flat;
  }

  static String hash(Record config) {
    MessageDigest sha = Digests.sha256();
    flatten(config).forEach((key, value) -> {
      // A zero byte ends each part: it occurs in no key, so that different pairs cannot run into the same bytes.
      sha.update((key + "\0" + value.replace("\\", "\\\\").replace("\0", "\\0") + "\0").getBytes(StandardCharsets.UTF_8));
    });
    return Digests.hex(sha);
  }

  private static void flatten(String path, Object node, SortedMap<String, String> flat) {
    String prefix = path.isEmpty() ? "" : path + ".";
    if (node instanceof Map<?, ?> map && !map.isEmpty()) {
      map.forEach((key, value) -> flatten(prefix + key, value, flat));
    } else if (node instanceof List<?> list && !list.isEmpty()) {
      for (int i = 0; i < list.size(); i++) {
        flatten(prefix + i, list.get(i), flat);
      }
    } else {
      flat.put(path, String.valueOf(node));
    }
  }

  /** Maps, lists, numbers, truth values and texts; null for what is absent. */
  private static Object tree(Object value) {
    if (value == null || value instanceof Number || value instanceof Boolean || value instanceof String) {
      return value;
    }
    if (value instanceof Record section) {
      Map<String, Object> map = new LinkedHashMap<>();
      for (RecordComponent component : section.getClass().getRecordComponents()) {
        put(map, RecordBinder.key(component), read(section, component));
      }
      return map;
    }
    if (value instanceof Optional<?> optional) {
      return tree(optional.orElse(null));
    }
    if (value instanceof Map<?, ?> entries) {
      Map<String, Object> map = new LinkedHashMap<>();
      entries.forEach((key, item) -> put(map, ScalarText.of(key), item));
      return map;
    }
    if (value instanceof List<?> || value.getClass().isArray()) {
      List<Object> list = new ArrayList<>();
      int size = value instanceof List<?> items ? items.size() : Array.getLength(value);
      for (int i = 0; i < size; i++) {
        list.add(tree(value instanceof List<?> items ? items.get(i) : Array.get(value, i)));
      }
      return list;
    }
    return ScalarText.of(value);
  }

  private static void put(Map<String, Object> map, String key, Object value) {
    Object tree = tree(value);
    if (tree != null) {
      map.put(key, tree);
    }
  }

  private static Object read(Record section, RecordComponent component) {
    try {
      var accessor = component.getAccessor();
      accessor.setAccessible(true);
      return accessor.invoke(section);
    } catch (ReflectiveOperationException unreadable) {
      throw new IllegalStateException(section.getClass() + "." + component.getName() + " cannot be read", unreadable);
    }
  }
}
