package io.llama3v.data.curate.dirt;

import io.llama3v.tensor.Mix64;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Short captions in eight other languages: phrases filled with nouns and colours, from a table inside the jar. */
final class ForeignCaptions {
  private final List<String> languages = new ArrayList<>();
  private final Map<String, Map<String, List<String>>> tables = new LinkedHashMap<>();

  ForeignCaptions() throws IOException {
    try (InputStream in = ForeignCaptions.class.getResourceAsStream("foreign.txt")) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
        if (line.isBlank()) {
          continue;
        }
        String[] parts = line.split("\\s*[:|]\\s*");
        if (!tables.containsKey(parts[0])) {
          languages.add(parts[0]);
        }
        List<String> items = List.of(parts).subList(2, parts.length);
        tables.computeIfAbsent(parts[0], l -> new LinkedHashMap<>()).put(parts[1], items);
      }
    }
  }

  /** The language of a draw. */
  String language(long draw) {
    return languages.get((int) Long.remainderUnsigned(Mix64.mix(draw, 1), languages.size()));
  }

  /** The caption of a draw, in its language. */
  String caption(long draw) {
    Map<String, List<String>> table = tables.get(language(draw));
    return pick(table.get("phrases"), draw, 2).replace("{n}", pick(table.get("nouns"), draw, 3)).replace("{m}", pick(table.get("nouns"), draw, 4));
  }

  private static String pick(List<String> items, long draw, int which) {
    return items.get((int) Long.remainderUnsigned(Mix64.mix(draw, which), items.size()));
  }
}
