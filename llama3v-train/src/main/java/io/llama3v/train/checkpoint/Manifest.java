package io.llama3v.train.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.llama3v.io.AtomicFiles;
import io.llama3v.io.Digests;
import io.llama3v.io.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a checkpoint folder holds: {@code manifest.json} lists every file with size and SHA-256, and {@code manifest.sha256}, in the
 * format of {@code sha256sum}, guards the list itself.
 *
 * @param format     always {@value #FORMAT}
 * @param version    version of this layout
 * @param stage      name of the stage
 * @param step       updates made
 * @param configHash {@link RunState#configHash}
 * @param code       {@link CodeVersion} that wrote it
 * @param files      everything else in the folder
 */
record Manifest(String format, int version, String stage, long step, String configHash, String code, List<Item> files) {
  static final String FORMAT = "llama3v-checkpoint";
  static final int VERSION = 2;
  static final String FILE = "manifest.json";
  static final String GUARD = "manifest.sha256";

  /** One file of the folder. */
  record Item(String name, long bytes, String sha256) {}

  /** Lists what is in a folder and writes the manifest beside it. */
  static Manifest write(Path folder, RunState state) throws IOException {
    List<Item> items = new ArrayList<>();
    for (Path file : list(folder)) items.add(new Item(file.getFileName().toString(), Files.size(file), Digests.sha256(file)));
    Manifest manifest = new Manifest(FORMAT, VERSION, state.stage(), state.step(), state.configHash(), CodeVersion.present(), items);
    String text = Json.writePretty(manifest);
    AtomicFiles.writeString(folder.resolve(FILE), text);
    AtomicFiles.writeString(folder.resolve(GUARD), guard(Digests.sha256(text)));
    return manifest;
  }

  /**
   * Reads the manifest of a folder and compares every file with it.
   *
   * @throws CheckpointException naming every file that is missing, changed or unknown
   */
  static Manifest verify(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    Path guard = folder.resolve(GUARD);
    try {
      String expected = guard(Digests.sha256(file));
      // Anything longer cannot be right, and must not be read into memory. A damaged byte need not be a letter of any text.
      if (Files.size(guard) != expected.length() || !Files.readString(guard, StandardCharsets.ISO_8859_1).equals(expected)) {
        throw new CheckpointException(guard, "does not fit " + FILE + ": one of the two was changed after it was written");
      }
      Manifest manifest = Json.mapper().treeToValue(Json.read(file), Manifest.class);
      if (!FORMAT.equals(manifest.format) || manifest.version != VERSION) {
        throw new CheckpointException(file, "expected format " + FORMAT + " version " + VERSION + ", found " + manifest.format
            + " version " + manifest.version + ": resume with the version of the library that wrote it");
      }
      Set<String> known = new HashSet<>(Set.of(FILE, GUARD));
      List<String> problems = new ArrayList<>();
      for (Item item : manifest.files) {
        known.add(item.name);
        if (!item.name.matches("[A-Za-z0-9_][A-Za-z0-9._-]*")) throw new CheckpointException(file, "'" + item.name + "' is not a plain file name");
        String problem = problem(folder.resolve(item.name), item);
        if (problem != null) problems.add(item.name + " " + problem);
      }
      for (Path found : list(folder)) {
        String name = found.getFileName().toString();
        if (!known.contains(name)) problems.add(name + " is not in " + FILE);
      }
      if (!problems.isEmpty()) throw new CheckpointException(folder, String.join("; ", problems));
      return manifest;
    } catch (NoSuchFileException missing) {
      throw new CheckpointException(Path.of(missing.getFile()), "is missing", missing);
    } catch (JsonProcessingException malformed) {
      throw new CheckpointException(file, "is not a manifest: " + malformed.getOriginalMessage(), malformed);
    }
  }

  private static String problem(Path file, Item item) throws IOException {
    if (!Files.isRegularFile(file)) return "is missing";
    if (Files.size(file) != item.bytes) return "has " + Files.size(file) + " bytes, expected " + item.bytes;
    String found = Digests.sha256(file);
    return found.equals(item.sha256) ? null
        : "was changed after it was written: it has SHA-256 " + found + ", expected " + item.sha256;
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted().toList();
    }
  }

  private static String guard(String sha256) {
    return sha256 + "  " + FILE + "\n";
  }
}
