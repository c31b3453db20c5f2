package io.llama3v.data.curate.engine;

import io.llama3v.io.AtomicFiles;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/** Where a run's files lie. */
record RunFolder(Path root) {
  static final String MARKER = ".fingerprint";
  /** What the marker says while results of other settings are being removed. */
  private static final String EMPTYING = "being emptied";

  Path pass(Pass pass) {
    return root.resolve("work").resolve(String.format(Locale.ROOT, "%02d-%s", pass.index(), pass.fingerprint().substring(0, 16)));
  }

  Path records(Pass pass, int shard) {
    return pass(pass).resolve(String.format(Locale.ROOT, "%06d.records.gz", shard));
  }

  Path part(Pass pass, int shard) {
    return pass(pass).resolve(String.format(Locale.ROOT, "%06d.part", shard));
  }

  /** For what a reduction needs room for while it runs. */
  Path scratch(Pass pass) {
    return scratch(pass(pass));
  }

  private static Path scratch(Path pass) {
    return pass.resolve("scratch");
  }

  Path result(Pass pass) {
    return pass(pass).resolve("result");
  }

  Path ledger() {
    return root.resolve("ledger");
  }

  Path tally(int shard) {
    return ledger().resolve(String.format(Locale.ROOT, "%06d.tally.json", shard));
  }

  Path shards() {
    return root.resolve("shards");
  }

  Path shard(String name, int number) {
    return shards().resolve(String.format(Locale.ROOT, "%s-%06d.tar", name, number));
  }

  Path selection() {
    return root.resolve("selection.jsonl.gz");
  }

  Path funnel() {
    return root.resolve("funnel.json");
  }

  /**
   * Makes a folder ready for results of a fingerprint: results of another one are removed.
   *
   * @throws IOException if it holds files, and none of them came from here
   */
  static void claim(Path folder, String fingerprint) throws IOException {
    Files.createDirectories(folder);
    Path marker = folder.resolve(MARKER);
    if (Files.exists(marker)) {
      if (Files.readString(marker).equals(fingerprint)) {
        return;
      }
      // Before anything goes: a run that is killed here and then started with the old settings must not take what is left for all.
      AtomicFiles.writeString(marker, EMPTYING);
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, p -> Files.isRegularFile(p) && !p.equals(marker))) {
        for (Path file : files) {
          Files.delete(file);
        }
      }
    } else {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
        if (files.iterator().hasNext()) {
          throw new IOException(folder + " holds files that no curation wrote; name another 'run' folder, or empty it");
        }
      }
    }
    AtomicFiles.writeString(marker, fingerprint);
  }

  /** Removes the passes of other settings, and what a killed run left half written. */
  void tidy(Set<Path> current) throws IOException {
    Path work = root.resolve("work");
    if (Files.isDirectory(work)) {
      try (DirectoryStream<Path> folders = Files.newDirectoryStream(work)) {
        for (Path folder : folders) {
          if (current.contains(folder)) {
            deleteTemporaries(folder);
            AtomicFiles.deleteTree(scratch(folder));
          } else {
            AtomicFiles.deleteTree(folder);
          }
        }
      }
    }
    deleteTemporaries(root);
    deleteTemporaries(ledger());
    deleteTemporaries(shards());
  }

  private static void deleteTemporaries(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, ".*.tmp-*")) {
        for (Path file : left) {
          Files.deleteIfExists(file);
        }
      }
    }
  }
}
