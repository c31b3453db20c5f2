package io.llama3v.data.document.build;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Finds source files. */
final class Sources {
  private static final Set<String> EXTENSIONS = Set.of("pdf", "html", "htm", "tex", "md");

  private Sources() {}

  /**
   * The files that entries name, each once, in the order of their paths.
   *
   * @throws NoSuchFileException if an entry names nothing
   */
  static List<Path> find(List<String> entries) throws IOException {
    TreeSet<Path> files = new TreeSet<>();
    for (String entry : entries) {
      TreeSet<Path> named = new TreeSet<>();
      if (entry.matches(".*[*?\\[{].*")) {
        glob(entry, named);
      } else if (Files.isDirectory(Path.of(entry))) {
        try (Stream<Path> all = Files.walk(Path.of(entry), 32)) {
          all.filter(p -> Files.isRegularFile(p) && EXTENSIONS.contains(extension(p))).forEach(named::add);
        }
      } else if (Files.isRegularFile(Path.of(entry))) {
        if (!EXTENSIONS.contains(extension(Path.of(entry)))) {
          throw new IllegalArgumentException("source '" + entry + "': expected one of " + new TreeSet<>(EXTENSIONS) + " as its extension");
        }
        named.add(Path.of(entry));
      }
      if (named.isEmpty()) {
        throw new NoSuchFileException(entry, null, "named in 'sources', and there is no document of " + new TreeSet<>(EXTENSIONS) + " there");
      }
      files.addAll(named);
    }
    return List.copyOf(files);
  }

  static String extension(Path file) {
    String name = file.getFileName().toString();
    return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  private static void glob(String pattern, Set<Path> found) throws IOException {
    int slash = pattern.lastIndexOf('/');
    Path folder = Path.of(slash < 0 ? "." : slash == 0 ? "/" : pattern.substring(0, slash));
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern.substring(slash + 1));
    if (!Files.isDirectory(folder)) return;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, p -> matcher.matches(p.getFileName()) && Files.isRegularFile(p)
        && EXTENSIONS.contains(extension(p)))) {
      files.forEach(p -> found.add(slash < 0 ? p.getFileName() : p));
    }
  }
}
