package io.llama3v.data.corpus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.llama3v.io.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** One WebJar, open for reading: {@code META-INF/resources/webjars/NAME/VERSION/…} inside a zip file. */
final class WebJar implements AutoCloseable {
  private static final int MAX_ENTRY_BYTES = 16 << 20;
  private static final ObjectMapper JSON = new ObjectMapper();
  private final Path file;
  private final ZipFile zip;
  private final String root;

  private WebJar(Path file, ZipFile zip, String root) {
    this.file = file;
    this.zip = zip;
    this.root = root;
  }

  /**
   * Opens the jar of an artifact from a folder.
   *
   * @param group    Maven group, for the message when it is missing
   * @param artifact file name up to the version
   */
  static WebJar open(Path folder, String group, String artifact, String version) throws IOException {
    List<Path> found = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> jars = Files.newDirectoryStream(folder, artifact + "-[0-9]*.jar")) {
        jars.forEach(found::add);
      }
    }
    if (found.size() != 1) {
      throw new CorpusException((found.isEmpty() ? "no " + artifact + "-" + version + ".jar in " + folder
          : "several versions of " + artifact + " in " + folder + ": " + found) + "; "
          + (found.isEmpty() ? "get it with" : "keep one, for instance that of")
          + " mvn dependency:copy -Dartifact=" + group + ":" + artifact + ":" + version + " -DoutputDirectory="
          + folder);
    }
    Path file = found.get(0);
    ZipFile zip;
    try {
      zip = new ZipFile(file.toFile());
    } catch (IOException e) {
      throw new CorpusException(file + " is not a readable jar (" + e.getMessage() + "); delete it and get it again", e);
    }
    String base = "META-INF/resources/webjars/" + artifact + "/";
    for (Enumeration<? extends ZipEntry> e = zip.entries(); e.hasMoreElements(); ) {
      String name = e.nextElement().getName();
      int slash = name.startsWith(base) ? name.indexOf('/', base.length()) : -1;
      if (slash > 0) {
        return new WebJar(file, zip, name.substring(0, slash + 1));
      }
    }
    zip.close();
    throw new CorpusException(file + " holds nothing under " + base + "VERSION/: is it the WebJar of " + artifact + "?");
  }

  Path file() {
    return file;
  }

  /** Paths below the root that lie directly in {@code folder} and end in {@code extension}, sorted, both cut off. */
  List<String> names(String folder, String extension) {
    String prefix = root + folder + "/";
    List<String> names = new ArrayList<>();
    for (Enumeration<? extends ZipEntry> e = zip.entries(); e.hasMoreElements(); ) {
      String name = e.nextElement().getName();
      if (name.startsWith(prefix) && name.endsWith(extension) && name.indexOf('/', prefix.length()) < 0) {
        names.add(name.substring(prefix.length(), name.length() - extension.length()));
      }
    }
    names.sort(null);
    return names;
  }

  Optional<byte[]> find(String path) throws IOException {
    ZipEntry entry = zip.getEntry(root + path);
    if (entry == null) {
      return Optional.empty();
    }
    try (InputStream in = zip.getInputStream(entry)) {
      byte[] bytes = in.readNBytes(MAX_ENTRY_BYTES + 1);
      if (bytes.length > MAX_ENTRY_BYTES) {
        throw new CorpusException(file + ": " + path + " is larger than " + MAX_ENTRY_BYTES + " bytes");
      }
      return Optional.of(bytes);
    }
  }

  byte[] read(String path) throws IOException {
    return find(path).orElseThrow(() -> new CorpusException(file + ": " + root + path
        + " is missing; this version of the jar is laid out differently"));
  }

  JsonNode json(String path) throws IOException {
    byte[] bytes = read(path);
    try {
      return JSON.readTree(bytes);
    } catch (IOException e) {
      throw new CorpusException(file + ": " + path + " is not valid JSON: " + e.getMessage(), e);
    }
  }

  /** SHA-256 of the jar file, in hex. */
  String sha256() throws IOException {
    return Digests.sha256(file);
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
