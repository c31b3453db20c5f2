package io.llama3v.config;

import io.llama3v.config.ConfigNode.Empty;
import io.llama3v.config.ConfigNode.Mapping;
import io.llama3v.config.ConfigNode.Member;
import io.llama3v.config.ConfigNode.Scalar;
import io.llama3v.config.ConfigNode.Sequence;
import io.llama3v.io.NearestNames;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Makes records from {@link ConfigNode}s. The key of a component is its name in snake case. */
final class RecordBinder {
  private RecordBinder() {}

  static <T> T bind(Mapping root, Class<T> type) {
    return type.cast(record(root, type, ""));
  }

  /** The key of a record component: {@code learningRate} is written {@code learning_rate}. */
  static String key(RecordComponent component) {
    return component.getName().replaceAll("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_")
        .toLowerCase(Locale.ROOT);
  }

  private static Object value(ConfigNode node, Type type, String path) {
    if (type instanceof ParameterizedType generic) {
      return container(node, generic, path);
    }
    Class<?> raw = (Class<?>) type;
    if (raw.isRecord()) {
      return node instanceof Mapping mapping ? record(mapping, raw, path) : fail(node, path, "a section");
    }
    if (raw.isArray()) {
      return array(node, raw.getComponentType(), path);
    }
    if (raw == Object.class) {
      return free(node, path);
    }
    return node instanceof Scalar scalar ? single(scalar, raw, path) : fail(node, path, expected(raw));
  }

  private static Object record(Mapping mapping, Class<?> type, String path) {
    RecordComponent[] components = type.getRecordComponents();
    Map<String, RecordComponent> byKey = new LinkedHashMap<>();
    for (RecordComponent component : components) {
      byKey.put(key(component), component);
    }
    mapping.members().forEach((key, member) -> {
      if (!byKey.containsKey(key)) {
        throw unknown(key, member.key(), path, new TreeSet<>(byKey.keySet()));
      }
    });
    Object[] arguments = new Object[components.length];
    Class<?>[] types = new Class<?>[components.length];
    for (int i = 0; i < components.length; i++) {
      String key = key(components[i]);
      Member member = mapping.members().get(key);
      types[i] = components[i].getType();
      if (member != null && !(member.value() instanceof Empty)) {
        arguments[i] = value(member.value(), components[i].getGenericType(), join(path, key));
      } else if (components[i].isAnnotationPresent(Required.class)) {
        throw missing(mapping, key, path);
      } else {
        arguments[i] = absent(types[i]);
      }
    }
    return construct(mapping, type, types, arguments, path);
  }

  private static Object construct(Mapping mapping, Class<?> type, Class<?>[] types, Object[] arguments, String path) {
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(arguments);
    } catch (InvocationTargetException thrown) {
      Throwable cause = thrown.getCause();
      if (cause instanceof NullPointerException) {
        for (RecordComponent component : type.getRecordComponents()) {
          if (component.getName().equals(cause.getMessage())) { // Objects.requireNonNull(x, "x")
            throw missing(mapping, key(component), path);
          }
        }
      }
      if (cause instanceof RuntimeException) {
        throw new ConfigException(mapping.source(), section(path) + ": " + cause.getMessage(), cause);
      }
      throw new IllegalStateException(type + " cannot be made", cause);
    } catch (ReflectiveOperationException notARecord) {
      throw new IllegalStateException(type + " cannot be made", notARecord);
    }
  }

  private static Object container(ConfigNode node, ParameterizedType type, String path) {
    Type[] arguments = type.getActualTypeArguments();
    if (type.getRawType() == List.class) {
      return node instanceof Sequence sequence
          ? Collections.unmodifiableList(items(sequence, arguments[0], path)) : fail(node, path, "a list");
    }
    if (type.getRawType() == Optional.class) {
      return Optional.of(value(node, arguments[0], path));
    }
    if (type.getRawType() == Map.class && arguments[0] instanceof Class<?> keyType
        && (keyType == String.class || keyType.isEnum())) {
      return node instanceof Mapping mapping ? map(mapping, keyType, arguments[1], path) : fail(node, path, "a section");
    }
    throw new IllegalStateException("configuration records cannot hold " + type + " ('" + path + "')");
  }

  private static Map<Object, Object> map(Mapping mapping, Class<?> keyType, Type valueType, String path) {
    Map<Object, Object> map = new LinkedHashMap<>();
    mapping.members().forEach((key, member) -> {
      if (member.value() instanceof Empty) {
        return; // an including file removes an entry of its base by writing nothing
      }
      Object mapKey = single(new Scalar(member.key(), key, true), keyType, join(path, key));
      if (map.put(mapKey, value(member.value(), valueType, join(path, key))) != null) {
        throw new ConfigException(member.key(), "key '" + key + "' is written twice in " + section(path));
      }
    });
    return Collections.unmodifiableMap(map);
  }

  private static List<Object> items(Sequence sequence, Type type, String path) {
    List<Object> items = new ArrayList<>();
    for (ConfigNode item : sequence.items()) {
      items.add(value(item, type, join(path, String.valueOf(items.size()))));
    }
    return items;
  }

  private static Object array(ConfigNode node, Class<?> itemType, String path) {
    if (!(node instanceof Sequence sequence)) {
      return fail(node, path, "a list");
    }
    List<Object> items = items(sequence, itemType, path);
    Object array = Array.newInstance(itemType, items.size());
    for (int i = 0; i < items.size(); i++) {
      Array.set(array, i, items.get(i));
    }
    return array;
  }

  /** A value whose type nobody prescribes: a map, a list, a truth value, a number or a text. */
  private static Object free(ConfigNode node, String path) {
    if (node instanceof Mapping mapping) {
      return map(mapping, String.class, Object.class, path);
    }
    if (node instanceof Sequence sequence) {
      return Collections.unmodifiableList(items(sequence, Object.class, path));
    }
    if (node instanceof Scalar scalar) {
      String text = scalar.text();
      return !scalar.plain() ? text : ScalarText.truth(text).map(Object.class::cast)
          .or(() -> ScalarText.integer(text, Long.MIN_VALUE, Long.MAX_VALUE)).or(() -> ScalarText.real(text)).orElse(text);
    }
    return fail(node, path, "a value");
  }

  private static Object single(Scalar scalar, Class<?> type, String path) {
    String text = scalar.text();
    Optional<?> value;
    if (type == String.class) {
      value = Optional.of(text);
    } else if (type == int.class || type == Integer.class) {
      value = ScalarText.integer(text, Integer.MIN_VALUE, Integer.MAX_VALUE).map(Long::intValue);
    } else if (type == long.class || type == Long.class) {
      value = ScalarText.integer(text, Long.MIN_VALUE, Long.MAX_VALUE);
    } else if (type == double.class || type == Double.class) {
      value = ScalarText.real(text);
    } else if (type == float.class || type == Float.class) {
      value = ScalarText.real(text).filter(x -> x.isInfinite() || Math.abs(x) <= Float.MAX_VALUE).map(Double::floatValue);
    } else if (type == boolean.class || type == Boolean.class) {
      value = ScalarText.truth(text);
    } else if (type == Path.class) {
      value = ScalarText.path(text);
    } else if (type == Duration.class) {
      value = ScalarText.duration(text);
    } else if (type.isEnum()) {
      value = ScalarText.constant(text, type);
    } else {
      throw new IllegalStateException("configuration records cannot hold " + type + " ('" + path + "')");
    }
    return value.isPresent() ? value.get() : fail(scalar, path, expected(type));
  }

  private static String expected(Class<?> type) {
    if (type.isEnum()) {
      return "one of " + String.join(", ", ScalarText.constants(type));
    }
    if (type == int.class || type == Integer.class) {
      return "an integer below 2^31";
    }
    if (type == long.class || type == Long.class) {
      return "an integer";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    if (type == Path.class) {
      return "a path";
    }
    if (type == Duration.class) {
      return "a duration such as 90s or 1h30m";
    }
    return type == String.class ? "a text" : "a number";
  }

  private static Object absent(Class<?> type) {
    if (type == Optional.class) {
      return Optional.empty();
    }
    return type.isPrimitive() ? Array.get(Array.newInstance(type, 1), 0) : null;
  }

  private static ConfigException unknown(String key, Source source, String path, TreeSet<String> known) {
    String nearest = NearestNames.of(key, known, 1).stream()
        .filter(name -> NearestNames.distance(key.replace('-', '_'), name) <= Math.max(2, name.length() / 3))
        .map(name -> "; did you mean '" + name + "'?").findFirst().orElse(";");
    return new ConfigException(source, "unknown key '" + key + "' in " + section(path) + nearest
        + " known: " + String.join(", ", known));
  }

  private static ConfigException missing(Mapping mapping, String key, String path) {
    return new ConfigException(mapping.source(), "missing key '" + key + "' in " + section(path));
  }

  private static Object fail(ConfigNode node, String path, String expected) {
    throw new ConfigException(node.source(), "'" + path + "': expected " + expected + ", found " + node.kind());
  }

  private static String section(String path) {
    return path.isEmpty() ? "the top level" : "'" + path + "'";
  }

  private static String join(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }
}
