package io.llama3v.train.stage;

import io.llama3v.data.pipeline.SampleSources;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What a run needs from outside, and whether it is there. What a stage of the run makes is not missing. */
final class RunInputs {
  private final PipelineConfig config;
  private final Set<String> missing = new LinkedHashSet<>();

  RunInputs(PipelineConfig config) {
    this.config = config;
  }

  List<String> missing() {
    return List.copyOf(missing);
  }

  /** A Hugging Face folder. */
  String model(Path folder) {
    return there(folder + "", Files.isRegularFile(folder.resolve("config.json")), "a folder with config.json and weights");
  }

  String folder(Path folder) {
    return there(folder + "", Files.isDirectory(folder), "a folder");
  }

  String file(Path file) {
    return there(file + "", Files.isRegularFile(file), "a file");
  }

  /** Shards; those of the corpus may be made by this run. */
  String shards(String pattern) {
    if (pattern.startsWith(config.corpus().folder() + File.separator)) return made("corpus", pattern);
    return found(pattern, true);
  }

  /** What a stage of this run makes, or made before. */
  String made(String stage, String pattern) {
    return found(pattern, !config.stages().contains(stage));
  }

  private String found(String pattern, boolean required) {
    try {
      List<Path> files = SampleSources.files(pattern);
      long bytes = 0;
      for (Path file : files) bytes += Files.size(file);
      return String.format(Locale.ROOT, "%s (%,d %s, %,.1f MB)", pattern, files.size(), files.size() == 1 ? "file" : "files", bytes / 1e6);
    } catch (IOException absent) {
      if (!required) return pattern + " (a stage of this run makes it)";
      return there(pattern, false, "a file, or shards");
    }
  }

  private String there(String what, boolean exists, String expected) {
    if (exists) return what;
    missing.add(what + ": expected " + expected);
    return what + " (MISSING)";
  }
}
