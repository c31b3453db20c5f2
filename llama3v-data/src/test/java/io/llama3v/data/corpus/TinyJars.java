package io.llama3v.data.corpus;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Small jars in the layout of the real ones, with made-up names. */
final class TinyJars {
  private static final String[] SYLLABLES = {"ba", "ko", "ri", "mu", "te", "sa", "lo", "pi", "du", "ne"};

  private TinyJars() {}

  static String word(int i) {
    return SYLLABLES[i % 10] + SYLLABLES[i / 10 % 10] + SYLLABLES[(i / 7 + 3) % 10];
  }

  /** 400 icons with one name each, and some that share names, aliases or drawings across families. */
  static Path write(Path folder) throws IOException {
    Files.createDirectories(folder);
    Map<String, String> mdi = new LinkedHashMap<>();
    List<String> meta = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      String name = word(i) + (i % 3 == 1 ? "-outline" : i % 3 == 2 ? "-circle" : "");
      mdi.put("svg/" + name + ".svg", svg(i, ""));
      meta.add("{\"name\":\"" + name + "\",\"aliases\":[\"alias-" + word(i + 1) + "\"],\"tags\":[\"Date / Time\",\"Topic "
          + i % 7 + "\"]}");
    }
    meta.add("{\"name\":\"acme\",\"aliases\":[],\"tags\":[\"Brand / Logo\"]}");
    mdi.put("svg/acme.svg", svg(1000, ""));
    mdi.put("meta.json", "[" + String.join(",", meta) + "]");
    mdi.put("LICENSE", "MIT License");
    zip(folder, "mdi__svg", "5.2.45", mdi);

    Map<String, String> tabler = new LinkedHashMap<>();
    List<String> entries = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      String name = word(i * 3);
      entries.add("\"" + name + "\":{\"name\":\"" + name + "\",\"category\":\"System\",\"tags\":[\"tagged\"]}");
      tabler.put("icons/outline/" + name + ".svg", svg(i * 3 + 5000, " fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\""));
      tabler.put("icons/filled/" + name + ".svg", svg(i * 3 + 6000, " fill=\"currentColor\""));
    }
    tabler.put("icons.json", "{" + String.join(",", entries) + "}");
    tabler.put("LICENSE", "MIT License");
    zip(folder, "tabler__icons", "3.35.0", tabler);

    Map<String, String> bootstrap = new LinkedHashMap<>();
    for (int i = 0; i < 60; i++) {
      bootstrap.put("icons/" + word(i * 5) + "-fill.svg", svg(i * 5 + 7000, " fill=\"currentColor\""));
    }
    bootstrap.put("icons/acme.svg", svg(3, ""));
    bootstrap.put("LICENSE", "The MIT License");
    zip(folder, "bootstrap-icons", "1.13.1", bootstrap);

    Map<String, String> awesome = new LinkedHashMap<>();
    List<String> icons = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      icons.add("\"" + word(i * 7) + "\":{\"label\":\"" + word(i * 7) + "\",\"free\":[\"solid\"],\"search\":{\"terms\":[\"term "
          + i + "\"]},\"aliases\":{\"names\":[\"other-" + i + "\"]}}");
      awesome.put("svgs/solid/" + word(i * 7) + ".svg", svg(i * 7 + 8000, ""));
    }
    awesome.put("metadata/icons.json", "{" + String.join(",", icons) + "}");
    awesome.put("LICENSE.txt", "Font Awesome Free License");
    zip(folder, "font-awesome", "7.2.0", awesome);

    Map<String, String> flags = new LinkedHashMap<>();
    flags.put("country.json", "[{\"code\":\"xa\",\"name\":\"Xanadu\",\"continent\":\"Asia\"},{\"code\":\"ut\",\"name\":\"Utopia\","
        + "\"continent\":\"Europe\"},{\"code\":\"xx\",\"name\":\"Unknown\"}]");
    for (String code : List.of("xa", "ut", "xx")) {
      flags.put("flags/4x3/" + code + ".svg", "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 640 480'>"
          + "<path fill='#d00' d='M0 0h640v240H0z'/><path fill='#00d' d='M0 240h640v240H0z'/></svg>");
    }
    flags.put("LICENSE", "The MIT License (MIT)");
    zip(folder, "flag-icons", "7.5.0", flags);
    return folder;
  }

  private static String svg(int i, String attributes) {
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"24\" height=\"24\" viewBox=\"0 0 24 24\"" + attributes
        + "><path d=\"M" + (2 + i % 5) + " 3h" + (9 + i % 9) + "v" + (10 + i / 9 % 9) + "l-" + (4 + i % 7) + " -" + i % 4
        + "z\"/><!-- " + i + " --></svg>";
  }

  private static void zip(Path folder, String artifact, String version, Map<String, String> files) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(folder.resolve(artifact + "-" + version + ".jar")))) {
      for (var file : files.entrySet()) {
        zip.putNextEntry(new ZipEntry("META-INF/resources/webjars/" + artifact + "/" + version + "/" + file.getKey()));
        zip.write(file.getValue().getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
      }
    }
  }
}
