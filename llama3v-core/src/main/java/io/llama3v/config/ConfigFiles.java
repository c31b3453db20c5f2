package io.llama3v.config;

import io.llama3v.config.ConfigNode.Empty;
import io.llama3v.config.ConfigNode.Mapping;
import io.llama3v.config.ConfigNode.Member;
import io.llama3v.config.ConfigNode.Scalar;
import io.llama3v.io.Limits;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a configuration file and the one that its top-level key {@code base} names, relative to its own folder.
 * Sections merge key by key; lists and single values of the including file replace those of its base.
 */
final class ConfigFiles {
  private static final String BASE = "base";

  private ConfigFiles() {}

  static Mapping read(Path file) {
    return read(file, new ArrayList<>());
  }

  private static Mapping read(Path file, List<Path> including) {
    Mapping root = root(YamlTree.parse(text(file), file.toString()));
    Member base = root.members().remove(BASE);
    if (base == null || base.value() instanceof Empty) {
      return root;
    }
    if (!(base.value() instanceof Scalar name)) {
      throw new ConfigException(base.value().source(), "'base': expected a file name, found " + base.value().kind());
    }
    including.add(file.toAbsolutePath().normalize());
    Path baseFile = file.resolveSibling(name.text()).normalize();
    if (including.contains(baseFile.toAbsolutePath().normalize())) {
      throw new ConfigException(name.source(), "'base': " + baseFile + " includes itself, by way of "
          + including.stream().map(path -> path.getFileName().toString()).toList());
    }
    if (!Files.isRegularFile(baseFile)) {
      throw new ConfigException(name.source(), "'base': expected a file, found none at " + baseFile);
    }
    return merge(read(baseFile, including), root);
  }

  /** The top of a document, which must be a section; an empty document is an empty one. */
  static Mapping root(ConfigNode node) {
    if (node instanceof Empty) {
      return Mapping.empty(node.source());
    }
    if (node instanceof Mapping mapping) {
      return mapping;
    }
    throw new ConfigException(node.source(), "expected keys and values at the top level, found " + node.kind());
  }

  private static Mapping merge(Mapping base, Mapping over) {
    Map<String, Member> members = new LinkedHashMap<>(base.members());
    over.members().forEach((key, member) -> {
      Member below = members.get(key);
      members.put(key, below != null && below.value() instanceof Mapping lower && member.value() instanceof Mapping upper
          ? new Member(member.key(), merge(lower, upper)) : member);
    });
    return new Mapping(over.source(), members);
  }

  private static String text(Path file) {
    if (Files.isDirectory(file)) throw new ConfigException(file + ": this is a folder; expected a YAML file");
    try {
      long size = Files.size(file);
      if (size > Limits.CONFIG_BYTES) {
        throw new ConfigException(file + ": expected at most " + Limits.CONFIG_BYTES + " bytes, found " + size);
      }
      return Files.readString(file);
    } catch (NoSuchFileException absent) {
      throw new ConfigException(file + ": no such file", absent);
    } catch (CharacterCodingException malformed) {
      throw new ConfigException(file + ": expected UTF-8 text, found other bytes", malformed);
    } catch (IOException unreadable) {
      throw new ConfigException(file + ": cannot be read: " + unreadable.getMessage(), unreadable);
    }
  }
}
