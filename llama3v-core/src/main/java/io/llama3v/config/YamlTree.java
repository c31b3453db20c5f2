package io.llama3v.config;

import io.llama3v.config.ConfigNode.Empty;
import io.llama3v.config.ConfigNode.Mapping;
import io.llama3v.config.ConfigNode.Member;
import io.llama3v.config.ConfigNode.Scalar;
import io.llama3v.config.ConfigNode.Sequence;
import io.llama3v.io.Limits;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.events.SequenceStartEvent;
import org.yaml.snakeyaml.parser.Parser;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.reader.StreamReader;

/**
 * Parses one YAML document into {@link ConfigNode}s. Only the parser's events are used: no value is given a type here
 * and no class is named. Anchors, aliases and tags are refused, so that a short file cannot expand into a long one;
 * nesting ends at {@link Limits#JSON_DEPTH}.
 */
final class YamlTree {
  private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");

  private final String origin;
  private final Parser events;

  private YamlTree(String origin, Parser events) {
    this.origin = origin;
    this.events = events;
  }

  /** Parses {@code text}, which came from {@code origin}. A text without a value gives {@link Empty}. */
  static ConfigNode parse(String text, String origin) {
    // A byte-order mark is legal before YAML, but would otherwise become part of the first key.
    String document = text.startsWith("\ufeff") ? text.substring(1) : text;
    try {
      return new YamlTree(origin, new ParserImpl(new StreamReader(document), new LoaderOptions())).document();
    } catch (MarkedYAMLException malformed) {
      Mark mark = malformed.getProblemMark() == null ? malformed.getContextMark() : malformed.getProblemMark();
      throw new ConfigException(source(origin, mark), "malformed YAML: "
          + (malformed.getContext() == null ? "" : malformed.getContext() + ", ") + malformed.getProblem(), malformed);
    } catch (ReaderException control) {
      throw new ConfigException(firstUnprintable(document, origin), "malformed YAML: a control character", control);
    }
  }

  private static Source firstUnprintable(String text, String origin) {
    int line = 1;
    int column = 1;
    for (int i = 0; i < text.length() && StreamReader.isPrintable(text.codePointAt(i));
        i += Character.charCount(text.codePointAt(i))) {
      boolean newline = text.charAt(i) == '\n';
      line += newline ? 1 : 0;
      column = newline ? 1 : column + 1;
    }
    return new Source(origin, line, column);
  }

  private ConfigNode document() {
    events.getEvent(); // the stream's start
    if (events.checkEvent(Event.ID.StreamEnd)) {
      return new Empty(new Source(origin, 1, 1));
    }
    events.getEvent(); // the document's start
    ConfigNode root = node(0);
    events.getEvent(); // the document's end
    if (!events.checkEvent(Event.ID.StreamEnd)) {
      throw fail(events.peekEvent(), "expected one YAML document, found a second one");
    }
    return root;
  }

  private ConfigNode node(int depth) {
    Event event = events.getEvent();
    refuse(event);
    if (depth > Limits.JSON_DEPTH) {
      throw fail(event, "nested more than " + Limits.JSON_DEPTH + " deep");
    }
    Source source = source(origin, event.getStartMark());
    if (event instanceof MappingStartEvent) {
      return mapping(source, depth);
    }
    if (event instanceof SequenceStartEvent) {
      Sequence sequence = Sequence.empty(source);
      while (!events.checkEvent(Event.ID.SequenceEnd)) {
        sequence.items().add(node(depth + 1));
      }
      events.getEvent();
      return sequence;
    }
    ScalarEvent scalar = (ScalarEvent) event;
    return scalar.isPlain() && NULLS.contains(scalar.getValue()) ? new Empty(source)
        : new Scalar(source, scalar.getValue(), scalar.isPlain());
  }

  private Mapping mapping(Source source, int depth) {
    Mapping mapping = Mapping.empty(source);
    while (!events.checkEvent(Event.ID.MappingEnd)) {
      Event event = events.getEvent();
      refuse(event);
      if (!(event instanceof ScalarEvent scalar)) {
        throw fail(event, "expected a key, found a section or list");
      }
      String key = scalar.getValue();
      Member before = mapping.members().get(key);
      if (before != null) {
        throw fail(event, "key '" + key + "' is written twice, first at line " + before.key().line());
      }
      mapping.members().put(key, new Member(source(origin, event.getStartMark()), node(depth + 1)));
    }
    events.getEvent();
    return mapping;
  }

  private void refuse(Event event) {
    if (event instanceof AliasEvent) {
      throw fail(event, "an alias (*name) is not allowed here; write the value out, or share a file with 'base:'");
    }
    String tag = event instanceof ScalarEvent scalar ? scalar.getTag()
        : event instanceof MappingStartEvent mapping ? mapping.getTag()
        : event instanceof SequenceStartEvent sequence ? sequence.getTag() : null;
    if (tag != null) {
      throw fail(event, "a tag (!name) is not allowed here; the type follows from the key");
    }
    if (event instanceof NodeEvent node && node.getAnchor() != null) {
      throw fail(event, "an anchor (&name) is not allowed here; write the value out where it is needed");
    }
  }

  private ConfigException fail(Event event, String message) {
    return new ConfigException(source(origin, event.getStartMark()), message);
  }

  private static Source source(String origin, Mark mark) {
    return mark == null ? new Source(origin, 0, 0) : new Source(origin, mark.getLine() + 1, mark.getColumn() + 1);
  }
}
