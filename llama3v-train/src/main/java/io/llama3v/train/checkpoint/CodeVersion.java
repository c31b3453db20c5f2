package io.llama3v.train.checkpoint;

import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.data.pipeline.DataLoader;
import io.llama3v.io.AtomicFiles;
import io.llama3v.io.Digests;
import io.llama3v.vision.clip.ClipModel;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;

/**
 * Which code runs: the library's version and a hash over its classes, the same whether they lie in folders or in jars. A version
 * alone would call every state of a checkout by one name.
 */
public final class CodeVersion {
  private static final String PRESENT = compute(List.of(AtomicFiles.class, ClipModel.class, VisionLanguageModel.class,
      DataLoader.class, CodeVersion.class));
  private static final String ROOT = "io/llama3v/";

  private CodeVersion() {}

  /** Such as {@code 0.1.0+8a5b21c90d3e}; the hash stays away where the classes cannot be read back, as in a native image. */
  public static String present() {
    return PRESENT;
  }

  private static String compute(List<Class<?>> oneOfEachModule) {
    String version = Optional.ofNullable(CodeVersion.class.getPackage().getImplementationVersion()).orElse("development");
    Set<Path> places = new LinkedHashSet<>();
    TreeMap<String, Long> checksums = new TreeMap<>();
    try {
      for (Class<?> type : oneOfEachModule) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        if (source == null) return version;
        places.add(Path.of(source.getLocation().toURI()));
      }
      for (Path place : places) {
        if (Files.isDirectory(place)) folder(place, checksums);
        else jar(place, checksums);
      }
    } catch (IOException | UncheckedIOException | URISyntaxException | IllegalArgumentException unreadable) {
      return version;
    }
    StringBuilder text = new StringBuilder();
    checksums.forEach((name, crc) -> text.append(name).append(' ').append(crc).append('\n'));
    return version + "+" + Digests.sha256(text.toString()).substring(0, 12);
  }

  private static void folder(Path root, TreeMap<String, Long> checksums) throws IOException {
    List<Path> classes = new ArrayList<>();
    try (Stream<Path> files = Files.walk(root)) {
      files.filter(file -> file.toString().endsWith(".class")).forEach(classes::add);
    }
    for (Path file : classes) {
      try (CheckedInputStream in = new CheckedInputStream(Files.newInputStream(file), new CRC32())) {
        in.transferTo(OutputStream.nullOutputStream());
        checksums.put(root.relativize(file).toString().replace('\\', '/'), in.getChecksum().getValue());
      }
    }
  }

  private static void jar(Path file, TreeMap<String, Long> checksums) throws IOException {
    try (JarFile jar = new JarFile(file.toFile(), false)) {
      for (JarEntry entry : (Iterable<JarEntry>) jar.stream()::iterator) {
        String name = entry.getName();
        if (!name.startsWith(ROOT) || !name.endsWith(".class")) continue;
        checksums.put(name, entry.getCrc());
      }
    }
  }
}
