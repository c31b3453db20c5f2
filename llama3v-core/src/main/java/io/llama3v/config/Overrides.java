package io.llama3v.config;

import io.llama3v.config.ConfigNode.Empty;
import io.llama3v.config.ConfigNode.Mapping;
import io.llama3v.config.ConfigNode.Member;
import io.llama3v.config.ConfigNode.Scalar;
import io.llama3v.config.ConfigNode.Sequence;
import java.util.Arrays;

/** Applies {@code a.b=c} to a configuration. The value is YAML, such as {@code 3}, {@code [1, 2]} or {@code {x: 1}}. */
final class Overrides {
  private Overrides() {}

  static void apply(Mapping root, String override) {
    int equals = override.indexOf('=');
    if (equals < 1) {
      throw new ConfigException("override '" + override + "': expected key=value, such as optimizer.learning_rate=2e-5");
    }
    Source source = Source.override(override);
    String[] path = override.substring(0, equals).strip().split("\\.", -1);
    ConfigNode value = located(YamlTree.parse(override.substring(equals + 1), source.origin()), source);
    ConfigNode at = root;
    for (int i = 0; i < path.length - 1; i++) {
      at = step(at, path, i, source);
    }
    put(at, path, value, source);
  }

  /** The section or list that {@code path[i]} names in {@code at}; a section that is not there yet is made. */
  private static ConfigNode step(ConfigNode at, String[] path, int i, Source source) {
    if (at instanceof Sequence sequence) {
      int index = index(sequence, path, i, source);
      if (sequence.items().get(index) instanceof Empty) {
        sequence.items().set(index, Mapping.empty(source));
      }
      return sequence.items().get(index);
    }
    Mapping mapping = section(at, path, i, source);
    Member member = mapping.members().get(path[i]);
    if (member == null || member.value() instanceof Empty) {
      member = new Member(source, Mapping.empty(source));
      mapping.members().put(path[i], member);
    }
    return member.value();
  }

  private static void put(ConfigNode at, String[] path, ConfigNode value, Source source) {
    int last = path.length - 1;
    if (at instanceof Sequence sequence) {
      sequence.items().set(index(sequence, path, last, source), value);
    } else {
      section(at, path, last, source).members().put(path[last], new Member(source, value));
    }
  }

  private static Mapping section(ConfigNode at, String[] path, int i, Source source) {
    if (at instanceof Mapping mapping && !path[i].isBlank()) {
      return mapping;
    }
    throw new ConfigException(source, at instanceof Mapping ? "a key is empty"
        : "'" + prefix(path, i) + "' is not a section: " + at.kind() + " at " + at.source());
  }

  private static int index(Sequence sequence, String[] path, int i, Source source) {
    int size = sequence.items().size();
    if (path[i].matches("[0-9]{1,9}") && Integer.parseInt(path[i]) < size) {
      return Integer.parseInt(path[i]);
    }
    throw new ConfigException(source, "'" + prefix(path, i) + "' is a list of " + size + " at " + sequence.source()
        + ": expected an index from 0 to " + (size - 1) + ", found '" + path[i] + "'");
  }

  private static String prefix(String[] path, int end) {
    return String.join(".", Arrays.copyOf(path, end));
  }

  /** The same tree, all of it placed at {@code source}: lines within an override tell nobody anything. */
  private static ConfigNode located(ConfigNode node, Source source) {
    if (node instanceof Mapping mapping) {
      Mapping copy = Mapping.empty(source);
      mapping.members().forEach((key, member) ->
          copy.members().put(key, new Member(source, located(member.value(), source))));
      return copy;
    }
    if (node instanceof Sequence sequence) {
      Sequence copy = Sequence.empty(source);
      sequence.items().forEach(item -> copy.items().add(located(item, source)));
      return copy;
    }
    return node instanceof Scalar scalar ? new Scalar(source, scalar.text(), scalar.plain()) : new Empty(source);
  }
}
