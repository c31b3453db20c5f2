package io.llama3v.data.corpus;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The icon sets, where each keeps its drawings and labels, and under which licence the drawings are. */
public enum IconFamily {
  /** Material Design Icons by the Pictogrammers: names, aliases and topics in {@code meta.json}. */
  MDI("mdi", "org.webjars.npm", "mdi__svg", "5.2.45", "Apache-2.0", "LICENSE",
      "Material Design Icons, by Austin Andrews, Google and the Pictogrammers contributors") {
    @Override
    List<Icon> read(WebJar jar) throws IOException {
      List<Icon> icons = new ArrayList<>();
      for (JsonNode entry : jar.json("meta.json")) {
        String name = entry.path("name").asText();
        Optional<byte[]> svg = jar.find("svg/" + name + ".svg");
        if (svg.isPresent()) {
          List<String> topics = texts(entry.path("tags"));
          icons.add(icon(name, "", Labels.label(name), texts(entry.path("aliases")), topics, svg.get(),
              topics.contains("Brand / Logo")));
        }
      }
      return icons;
    }
  },
  /** Tabler Icons, outline and filled drawings: categories and tags in {@code icons.json}. */
  TABLER("tabler", "org.webjars.npm", "tabler__icons", "3.35.0", "MIT", "LICENSE", "Tabler Icons, by Paweł Kuna") {
    /** Here a digit is part of the meaning, elsewhere it only numbers variants of a drawing. */
    private static final Set<String> NUMBERED = Set.of("battery", "dice", "number", "wifi");

    @Override
    List<Icon> read(WebJar jar) throws IOException {
      List<Icon> icons = new ArrayList<>();
      JsonNode entries = jar.json("icons.json");
      for (JsonNode entry : entries) {
        String name = entry.path("name").asText();
        String base = name.replaceFirst("-\\d$", "");
        String plain = !NUMBERED.contains(base) && entries.has(base) ? base : name;
        boolean brand = entry.path("category").asText().equals("Brand");
        List<String> tags = texts(entry.path("tags"));
        tags.add(entry.path("category").asText());
        for (String style : List.of("outline", "filled")) {
          Optional<byte[]> svg = jar.find("icons/" + style + "/" + name + ".svg");
          if (svg.isPresent()) {
            icons.add(icon(name, style, Labels.label(plain.replaceFirst("^brand-", "")), List.of(), tags, svg.get(),
                brand));
          }
        }
      }
      return icons;
    }
  },
  /** Bootstrap Icons: names only. */
  BOOTSTRAP("bootstrap", "org.webjars.npm", "bootstrap-icons", "1.13.1", "MIT", "LICENSE",
      "Bootstrap Icons, by The Bootstrap Authors") {
    @Override
    List<Icon> read(WebJar jar) throws IOException {
      List<Icon> icons = new ArrayList<>();
      for (String name : jar.names("icons", ".svg")) {
        icons.add(icon(name, "", Labels.label(name), List.of(), List.of(), jar.read("icons/" + name + ".svg"), false));
      }
      return icons;
    }
  },
  /** Font Awesome Free, solid and regular drawings (brands left out): labels and search terms in {@code icons.json}. */
  FONT_AWESOME("font-awesome", "org.webjars", "font-awesome", "7.2.0", "CC-BY-4.0", "LICENSE.txt",
      "Font Awesome Free, by Fonticons, Inc. (https://fontawesome.com)") {
    @Override
    List<Icon> read(WebJar jar) throws IOException {
      List<Icon> icons = new ArrayList<>();
      var entries = jar.json("metadata/icons.json").properties();
      for (var entry : entries) {
        JsonNode value = entry.getValue();
        String label = String.join(" ", Labels.words(value.path("label").asText()));
        for (String style : List.of("solid", "regular")) {
          Optional<byte[]> svg = texts(value.path("free")).contains(style)
              ? jar.find("svgs/" + style + "/" + entry.getKey() + ".svg") : Optional.empty();
          if (svg.isPresent()) {
            icons.add(icon(entry.getKey(), style, Labels.label(label), texts(value.path("aliases").path("names")),
                texts(value.path("search").path("terms")), svg.get(), false));
          }
        }
      }
      return icons;
    }
  },
  /** Country flags in colour: names, capitals and continents in {@code country.json}. */
  FLAG("flag", "org.webjars.npm", "flag-icons", "7.5.0", "MIT", "LICENSE", "flag-icons, by Panayiotis Lipiridis") {
    @Override
    List<Icon> read(WebJar jar) throws IOException {
      List<Icon> icons = new ArrayList<>();
      for (JsonNode entry : jar.json("country.json")) {
        String code = entry.path("code").asText();
        Optional<byte[]> svg = jar.find("flags/4x3/" + code + ".svg");
        if (svg.isPresent() && !code.equals("xx")) {
          String country = String.join(" ", Labels.words(entry.path("name").asText()));
          icons.add(new Icon(family(), code, "", "flag of " + country, List.of(country),
              Labels.tags(List.of("flag", "country", entry.path("continent").asText())), svg.get(), true, true));
        }
      }
      return icons;
    }
  };

  private final String family;
  private final String group;
  private final String artifact;
  private final String version;
  private final String licence;
  private final String licenceFile;
  private final String credit;

  IconFamily(String family, String group, String artifact, String version, String licence, String licenceFile,
      String credit) {
    this.family = family;
    this.group = group;
    this.artifact = artifact;
    this.version = version;
    this.licence = licence;
    this.licenceFile = licenceFile;
    this.credit = credit;
  }

  /** All icons of the set, in the order of its own listing. */
  abstract List<Icon> read(WebJar jar) throws IOException;

  /** The short name that {@link Icon#family()} carries. */
  public String family() {
    return family;
  }

  /** Maven coordinates of the WebJar. */
  public String coordinates() {
    return group + ":" + artifact + ":" + version;
  }

  /** SPDX identifier of the licence of the drawings. */
  public String licence() {
    return licence;
  }

  public String credit() {
    return credit;
  }

  /** Name of the licence text inside the jar. */
  String licenceFile() {
    return licenceFile;
  }

  WebJar open(Path folder) throws IOException {
    return WebJar.open(folder, group, artifact, version);
  }

  static IconFamily of(String family) {
    for (IconFamily f : values()) {
      if (f.family.equals(family)) {
        return f;
      }
    }
    throw new IllegalArgumentException("no icon family '" + family + "'");
  }

  Icon icon(String name, String style, String label, List<String> aliases, List<String> tags, byte[] svg,
      boolean brand) {
    List<String> other = aliases.stream().map(Labels::label).toList();
    return new Icon(family, name, style.isEmpty() ? Labels.style(name) : style.equals("solid") ? "filled"
        : style.equals("regular") ? "outline" : style, label, Labels.distinct(other, label),
        Labels.distinct(Labels.tags(tags), label), svg, false, brand);
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(n -> texts.add(n.asText()));
    return texts;
  }
}
