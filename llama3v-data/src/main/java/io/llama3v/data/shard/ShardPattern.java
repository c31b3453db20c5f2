package io.llama3v.data.shard;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Turns a pattern into shard files: brace ranges {@code x-{000000..000099}.tar}, brace lists {@code {a,b}}, globs
 * {@code *}, {@code ?} and {@code [...]} in the file name, several patterns joined by {@code ::}. Order is that of the
 * pattern; what a glob matches is sorted by name.
 */
public final class ShardPattern {
  private static final Pattern RANGE = Pattern.compile("(\\d+)\\.\\.(\\d+)");
  private static final int MAX_FILES = 1_000_000;

  private ShardPattern() {}

  /**
   * The files that a pattern names.
   *
   * @throws NoSuchFileException if a named file is missing or a glob matches nothing
   */
  public static List<Path> expand(String pattern) throws IOException {
    List<Path> files = new ArrayList<>();
    for (String part : pattern.split("::")) {
      for (String name : braces(part)) {
        if (name.matches(".*[*?\\[].*")) {
          files.addAll(glob(name));
        } else {
          Path file = Path.of(name);
          if (!Files.isRegularFile(file)) {
            throw new NoSuchFileException(name, null, "no such shard, named by the pattern '" + pattern + "'");
          }
          files.add(file);
        }
      }
    }
    return files;
  }

  /** Expands braces only; touches no file. */
  public static List<String> braces(String pattern) {
    int open = pattern.indexOf('{');
    int close = pattern.indexOf('}', open + 1);
    if (open < 0 || close < 0) {
      return List.of(pattern);
    }
    String inside = pattern.substring(open + 1, close);
    List<String> choices = new ArrayList<>();
    Matcher range = RANGE.matcher(inside);
    if (range.matches()) {
      long from = Long.parseLong(range.group(1));
      long to = Long.parseLong(range.group(2));
      if (to < from || to - from >= MAX_FILES) {
        throw new IllegalArgumentException("shard pattern '" + pattern + "': the range {" + inside
            + "} must rise and name at most " + MAX_FILES + " files");
      }
      int width = range.group(1).length();
      for (long i = from; i <= to; i++) {
        String digits = Long.toString(i);
        choices.add("0".repeat(Math.max(0, width - digits.length())) + digits);
      }
    } else {
      choices.addAll(List.of(inside.split(",", -1)));
    }
    List<String> expanded = new ArrayList<>();
    List<String> rests = braces(pattern.substring(close + 1));
    if ((long) choices.size() * rests.size() > MAX_FILES) {
      throw new IllegalArgumentException("shard pattern '" + pattern + "' names more than " + MAX_FILES + " files");
    }
    for (String choice : choices) {
      for (String rest : rests) {
        expanded.add(pattern.substring(0, open) + choice + rest);
      }
    }
    return expanded;
  }

  private static List<Path> glob(String pattern) throws IOException {
    int slash = pattern.lastIndexOf('/');
    String folderName = slash < 0 ? "." : slash == 0 ? "/" : pattern.substring(0, slash);
    if (folderName.matches(".*[*?\\[].*")) {
      throw new IllegalArgumentException("shard pattern '" + pattern + "': only the file name may hold * ? [ ]");
    }
    Path folder = Path.of(folderName);
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern.substring(slash + 1));
    TreeSet<Path> found = new TreeSet<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder,
          p -> matcher.matches(p.getFileName()) && Files.isRegularFile(p))) {
        stream.forEach(found::add);
      }
    }
    if (found.isEmpty()) {
      throw new NoSuchFileException(pattern, null, "no file matches this shard pattern");
    }
    return slash < 0 ? found.stream().map(Path::getFileName).toList() : List.copyOf(found);
  }
}
