package io.llama3v.data.corpus;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** All icons of all families, read from their jars, rasterised, split. Immutable; masks are shared. */
final class IconLibrary {
  private final Map<IconSplit, List<DrawnIcon>> bySplit = new EnumMap<>(IconSplit.class);
  private final ArrayNode provenance;
  private final Map<IconFamily, byte[]> licenceTexts;

  private IconLibrary(List<DrawnIcon> icons, ArrayNode provenance, Map<IconFamily, byte[]> licenceTexts) {
    for (IconSplit split : IconSplit.values()) {
      bySplit.put(split, icons.stream().filter(i -> i.split() == split).toList());
    }
    this.provenance = provenance;
    this.licenceTexts = licenceTexts;
  }

  /**
   * @param jars   folder that holds the five WebJars
   * @param runner runs tasks in parallel
   * @throws CorpusException if a jar is missing or laid out differently
   */
  static IconLibrary load(Path jars, long seed, ParallelTasks runner) throws IOException {
    List<Icon> icons = new ArrayList<>();
    ArrayNode provenance = JsonNodeFactory.instance.arrayNode();
    Map<IconFamily, byte[]> licenceTexts = new EnumMap<>(IconFamily.class);
    Map<String, ObjectNode> entries = new HashMap<>();
    for (IconFamily family : IconFamily.values()) {
      try (WebJar jar = family.open(jars)) {
        List<Icon> read = family.read(jar);
        if (read.isEmpty()) {
          throw new CorpusException(jar.file() + " holds no icons where they were expected");
        }
        icons.addAll(read);
        licenceTexts.put(family, jar.read(family.licenceFile()));
        entries.put(family.family(), provenance.addObject().put("family", family.family())
            .put("artifact", family.coordinates()).put("licence", family.licence()).put("credit", family.credit())
            .put("file", jar.file().getFileName().toString()).put("sha256", jar.sha256()).put("icons", read.size()));
      }
    }
    icons = shareTags(markCompanies(icons));
    Concepts concepts = new Concepts(icons, seed);
    List<Icon> all = icons;
    int chunk = 256;
    List<List<DrawnIcon>> parts = runner.map("drawing icons", IntStream.range(0, (icons.size() + chunk - 1) / chunk)
        .boxed().toList(), part -> draw(all.subList(part * chunk, Math.min(all.size(), (part + 1) * chunk)), concepts));
    List<DrawnIcon> drawn = parts.stream().flatMap(List::stream).toList();
    for (var entry : entries.entrySet()) {
      long kept = drawn.stream().filter(d -> d.icon().family().equals(entry.getKey())).count();
      entry.getValue().put("unreadable", entry.getValue().get("icons").asLong() - kept);
    }
    return new IconLibrary(drawn, provenance, licenceTexts);
  }

  List<DrawnIcon> of(IconSplit split) {
    return bySplit.get(split);
  }

  /** Per family: artifact, SHA-256, licence, how many icons, how many could not be drawn. */
  ArrayNode provenance() {
    return provenance;
  }

  Map<IconFamily, byte[]> licenceTexts() {
    return licenceTexts;
  }

  private static List<DrawnIcon> draw(List<Icon> icons, Concepts concepts) {
    IconRasterizer rasterizer = new IconRasterizer();
    List<DrawnIcon> drawn = new ArrayList<>();
    for (Icon icon : icons) {
      rasterizer.rasterize(icon)
          .ifPresent(mask -> drawn.add(new DrawnIcon(icon, concepts.concept(icon), concepts.split(icon), mask)));
    }
    return drawn;
  }

  /** Bootstrap does not say which icons are logos; the other sets know them by name. */
  private static List<Icon> markCompanies(List<Icon> icons) {
    Set<String> companies = new HashSet<>();
    icons.stream().filter(i -> i.properName() && !i.coloured()).forEach(i -> companies.add(i.label()));
    return icons.stream().map(i -> i.family().equals(IconFamily.BOOTSTRAP.family()) && companies.contains(i.label())
        ? new Icon(i.family(), i.name(), i.style(), i.label(), i.aliases(), i.tags(), i.svg(), i.coloured(), true) : i)
        .toList();
  }

  /** Icons without tags (Bootstrap has none) take those of the same concept elsewhere, the held-out family excepted. */
  private static List<Icon> shareTags(List<Icon> icons) {
    Map<String, Set<String>> known = new HashMap<>();
    for (Icon icon : icons) {
      if (!icon.family().equals(Concepts.HELD_OUT_FAMILY.family())) {
        known.computeIfAbsent(Labels.conceptKey(icon.label()), k -> new LinkedHashSet<>()).addAll(icon.tags());
      }
    }
    return icons.stream().map(icon -> icon.tags().isEmpty()
        ? icon.withTags(Labels.distinct(List.copyOf(known.getOrDefault(Labels.conceptKey(icon.label()), Set.of())),
            icon.label())) : icon).toList();
  }
}
