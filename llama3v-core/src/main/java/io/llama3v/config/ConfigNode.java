package io.llama3v.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A configuration as written, each value with its place. */
sealed interface ConfigNode {

  Source source();

  /** What this is, for messages. */
  String kind();

  /** A section: keys in the order written. */
  record Mapping(Source source, Map<String, Member> members) implements ConfigNode {
    static Mapping empty(Source source) {
      return new Mapping(source, new LinkedHashMap<>());
    }

    @Override
    public String kind() {
      return "a section";
    }
  }

  /** A key's place and its value. */
  record Member(Source key, ConfigNode value) {}

  /** A list. */
  record Sequence(Source source, List<ConfigNode> items) implements ConfigNode {
    static Sequence empty(Source source) {
      return new Sequence(source, new ArrayList<>());
    }

    @Override
    public String kind() {
      return "a list";
    }
  }

  /** A text, number or truth value, as written; {@code plain} when it has no quotes. */
  record Scalar(Source source, String text, boolean plain) implements ConfigNode {
    @Override
    public String kind() {
      return "'" + (text.length() <= 80 ? text : text.substring(0, 80) + "...") + "'";
    }
  }

  /** {@code null}, {@code ~} or nothing after a key: the default. */
  record Empty(Source source) implements ConfigNode {
    @Override
    public String kind() {
      return "nothing";
    }
  }
}
