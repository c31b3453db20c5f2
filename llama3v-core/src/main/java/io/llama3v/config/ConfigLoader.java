package io.llama3v.config;

import io.llama3v.config.ConfigNode.Mapping;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;

/**
 * Turns YAML into records, strictly.
 *
 * <p>A record component {@code learningRate} is the key {@code learning_rate}. Components are records, lists and arrays,
 * maps with free keys ({@code Map<String, T>}, or an enum's constants), {@code Optional}, texts, numbers
 * ({@code 1_000}, {@code 2e-5}), truth values, enums (any case, {@code -} for {@code _}), {@link Path} and
 * {@link java.time.Duration} ({@code 90s}, {@code 1h30m}). A key that is not written, or has no value, arrives as null,
 * zero or false; the record's compact constructor puts the default in its place and refuses bad values with an
 * {@link IllegalArgumentException}, to which the file and line of the section are added. {@link Required} marks
 * components without a default.
 *
 * <p>The top-level key {@code base} names another file, relative to this one, whose values hold where this one has
 * none: sections merge key by key, lists are replaced as a whole. YAML anchors, aliases and tags are refused.
 *
 * <p>Every mistake is a {@link ConfigException} that names file, line and column, key and expectation.
 */
public final class ConfigLoader {
  private ConfigLoader() {}

  /** Loads a file without overrides. */
  public static <T extends Record> T load(Path yaml, Class<T> recordType) {
    return load(yaml, recordType, List.of());
  }

  /**
   * Loads a file, its base, and overrides in their order.
   *
   * @param overrides {@code a.b=c}, where {@code c} is YAML and a list's items are named by index: {@code stages.0.steps=10}
   */
  public static <T extends Record> T load(Path yaml, Class<T> recordType, List<String> overrides) {
    return bind(ConfigFiles.read(yaml), recordType, overrides);
  }

  /** Reads a text that came from {@code origin}, which messages name; {@code base} is not available here. */
  public static <T extends Record> T parse(String yaml, String origin, Class<T> recordType, List<String> overrides) {
    return bind(ConfigFiles.root(YamlTree.parse(yaml, origin)), recordType, overrides);
  }

  private static <T extends Record> T bind(Mapping root, Class<T> recordType, List<String> overrides) {
    for (String override : overrides) {
      Overrides.apply(root, override);
    }
    return RecordBinder.bind(root, recordType);
  }

  /** The configuration with all defaults written out, as YAML that loads to an equal record. */
  public static <T extends Record> String effective(T config) {
    return ConfigText.yaml(config);
  }

  /**
   * Every value by its path ({@code stages.0.steps} to {@code 100}), sorted: comparing two of these tells field by field
   * how two configurations differ. Absent values are left out.
   */
  public static <T extends Record> SortedMap<String, String> flatten(T config) {
    return ConfigText.flatten(config);
  }

  /** SHA-256 of {@link #flatten}, in hexadecimal: the same for equal configurations however they were written. */
  public static <T extends Record> String hash(T config) {
    return ConfigText.hash(config);
  }
}
