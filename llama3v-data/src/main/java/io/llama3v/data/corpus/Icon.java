package io.llama3v.data.corpus;

import java.util.List;

/**
 * One drawing with what people wrote about it.
 *
 * @param family   the icon set: {@code mdi, tabler, bootstrap, font-awesome, flag}
 * @param name     its name there, unique with {@code style}
 * @param style    the drawing style where the set tells: {@code outline}, {@code filled}, or empty
 * @param label    its name as plain words, without style words: "account circle"
 * @param aliases  other names as plain words
 * @param tags     labels by its makers, lower case: topics, search terms
 * @param svg      the drawing
 * @param coloured whether the drawing has its own colours
 * @param properName whether the label is the name of a company or a country, which tells nothing about the drawing
 */
public record Icon(String family, String name, String style, String label, List<String> aliases, List<String> tags,
    byte[] svg, boolean coloured, boolean properName) {

  /** Names a drawing across families. */
  public String id() {
    return family + "/" + name + (style.isEmpty() ? "" : "/" + style);
  }

  Icon withTags(List<String> others) {
    return new Icon(family, name, style, label, aliases, others, svg, coloured, properName);
  }
}
