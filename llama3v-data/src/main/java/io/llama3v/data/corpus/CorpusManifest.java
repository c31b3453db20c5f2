package io.llama3v.data.corpus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llama3v.io.AtomicFiles;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code corpus.json}: what a corpus holds, from which jars, with which settings. Its presence means completeness. */
final class CorpusManifest {
  static final String FILE = "corpus.json";
  /** To be raised with every change of what is generated. */
  static final int FORMAT = 1;
  private static final String MARKER = ".llama3v-corpus";
  private static final List<String> FOLDERS = List.of("icons", "scenes", "questions", "eval", "text", "licences");
  private static final ObjectMapper JSON = new ObjectMapper();
  private final CorpusConfig config;
  private final Path file;

  CorpusManifest(CorpusConfig config) {
    this.config = config;
    this.file = config.output().resolve(FILE);
  }

  /** The manifest if settings, jars and every listed file agree with it, else null. */
  JsonNode upToDate() throws IOException {
    if (!Files.isRegularFile(file)) {
      return null;
    }
    JsonNode manifest;
    try {
      manifest = JSON.readTree(file.toFile());
    } catch (IOException e) {
      return null; // unreadable: made anew
    }
    if (manifest.path("format").asInt() != FORMAT || !manifest.path("config").equals(reread(config.content()))) {
      return null;
    }
    for (IconFamily family : IconFamily.values()) {
      try (WebJar jar = family.open(config.webjars())) {
        String sha = jar.sha256();
        boolean same = false;
        for (JsonNode source : manifest.path("sources")) {
          same |= source.path("family").asText().equals(family.family()) && source.path("sha256").asText().equals(sha);
        }
        if (!same) {
          return null;
        }
      }
    }
    for (var set : manifest.path("sets").properties()) {
      List<Path> shards = CorpusBuilder.shards(config.output(), set.getKey());
      if (shards.size() != set.getValue().path("shards").asInt()
          || bytes(shards) != set.getValue().path("bytes").asLong()) {
        return null;
      }
    }
    return Files.isRegularFile(config.output().resolve("text/train.txt")) ? manifest : null;
  }

  /**
   * Makes the folder ready: removes the files of an earlier corpus, and nothing else.
   *
   * @throws CorpusException if the folder holds files, but was never a corpus
   */
  void clear() throws IOException {
    Path output = config.output();
    Files.createDirectories(output);
    Path marker = output.resolve(MARKER);
    if (!Files.exists(marker)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(output)) {
        if (entries.iterator().hasNext()) {
          throw new CorpusException(output + " is neither empty nor a corpus; name another folder");
        }
      }
      Files.createFile(marker);
    }
    Files.deleteIfExists(file); // first: what is left behind by a crash must not look complete
    for (String folder : FOLDERS) {
      if (Files.isDirectory(output.resolve(folder))) {
        try (DirectoryStream<Path> old = Files.newDirectoryStream(output.resolve(folder), "{*.tar,.*.tmp,.*.tmp-*,*.txt}")) {
          for (Path path : old) {
            Files.delete(path);
          }
        }
      }
    }
  }

  ObjectNode write(IconLibrary library, List<SampleSet> sets, int trainLines, int validationLines) throws IOException {
    ObjectNode root = JSON.createObjectNode().put("format", FORMAT);
    root.set("config", config.content());
    root.set("sources", library.provenance());
    ObjectNode icons = root.putObject("icons");
    for (IconSplit split : IconSplit.values()) {
      List<DrawnIcon> list = library.of(split);
      icons.putObject(split.word()).put("icons", list.size())
          .put("concepts", list.stream().map(DrawnIcon::concept).distinct().count())
          .put("nameable", list.stream().filter(DrawnIcon::nameable).count());
    }
    ObjectNode counts = root.putObject("sets");
    for (SampleSet set : sets) {
      List<Path> shards = CorpusBuilder.shards(config.output(), set.path());
      counts.putObject(set.path()).put("samples", set.size()).put("shards", shards.size()).put("bytes", bytes(shards));
    }
    root.putObject("text").put("train", trainLines).put("validation", validationLines);
    AtomicFiles.writeBytes(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root));
    return root;
  }

  private static long bytes(List<Path> files) throws IOException {
    long sum = 0;
    for (Path path : files) {
      sum += Files.size(path);
    }
    return sum;
  }

  /** Through text, so that number types compare as they do in the file. */
  private static JsonNode reread(ObjectNode node) throws IOException {
    return JSON.readTree(node.toString());
  }
}
