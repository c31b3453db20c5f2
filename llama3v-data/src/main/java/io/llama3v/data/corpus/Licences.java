package io.llama3v.data.corpus;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Writes whose drawings a corpus shows, under which licences, with the licence texts of the jars. */
final class Licences {
  private Licences() {}

  static void write(Path output, IconLibrary library) throws IOException {
    StringBuilder list = new StringBuilder("# Licences of the pictures in this corpus\n\n"
        + "The pictures were drawn from the icon sets below, in changed colours and sizes. Texts are derived from the\n"
        + "names, tags and search terms of the same sets. Rendered words use a bitmap font of this project.\n\n"
        + "| set | artifact | licence of the drawings | credit | text as shipped |\n|---|---|---|---|---|\n");
    for (Map.Entry<IconFamily, byte[]> entry : library.licenceTexts().entrySet()) {
      IconFamily family = entry.getKey();
      Path text = Files.createDirectories(output.resolve("licences")).resolve(family.family() + ".txt");
      Files.write(text, entry.getValue());
      list.append("| ").append(family.family()).append(" | ").append(family.coordinates()).append(" | ")
          .append(family.licence()).append(" | ").append(family.credit()).append(" | ").append(title(entry.getValue()))
          .append(", licences/").append(text.getFileName()).append(" |\n");
    }
    list.append("\nThe jar of Material Design Icons carries an MIT text; the Pictogrammers publish the drawings under\n"
        + "Apache-2.0. Company logos among the icons are trademarks of their owners.\n");
    Files.writeString(output.resolve("LICENSES.md"), list);
  }

  private static String title(byte[] licence) {
    return new String(licence, StandardCharsets.UTF_8).lines().map(String::strip)
        .filter(line -> line.matches("(?i).*licen[cs]e.*")).findFirst().orElse("see the file");
  }
}
