package io.llama3v.data.corpus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llama3v.data.shard.TarShardWriter;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a corpus of captioned pictures from icon WebJars: shards, texts, licences, and {@code corpus.json}, which is
 * written last and says that everything before it is complete. The same settings and jars give the same bytes.
 */
public final class CorpusBuilder {
  private static final Logger LOG = LoggerFactory.getLogger(CorpusBuilder.class);

  private CorpusBuilder() {}

  /**
   * Builds the corpus, unless one with the same settings, jars and files is there already.
   *
   * @return the manifest
   * @throws CorpusException if a jar is missing, or the output folder holds something that is no corpus
   */
  public static JsonNode build(CorpusConfig config, CorpusProgress progress) throws IOException {
    CorpusManifest manifest = new CorpusManifest(config);
    JsonNode present = manifest.upToDate();
    if (present != null) {
      LOG.info("corpus in {} is up to date", config.output());
      return present;
    }
    manifest.clear();
    long start = System.nanoTime();
    try (ParallelTasks tasks = new ParallelTasks(config.threads(), progress)) {
      IconLibrary library = IconLibrary.load(config.webjars(), config.seed(), tasks);
      CorpusPlan plan = new CorpusPlan(config, library);
      List<SampleSet> sets = new ArrayList<>(plan.training());
      sets.addAll(plan.validation());
      sets.addAll(plan.evaluation());
      for (SampleSet set : sets) {
        write(config, set, tasks);
      }
      Licences.write(config.output(), library);
      int trainLines = text(config.output().resolve("text/train.txt"), plan.training());
      int validationLines = text(config.output().resolve("text/validation.txt"), plan.validation());
      ObjectNode written = manifest.write(library, sets, trainLines, validationLines);
      LOG.info("corpus in {} made in {} s", config.output(), (System.nanoTime() - start) / 1_000_000_000L);
      return written;
    }
  }

  private static void write(CorpusConfig config, SampleSet set, ParallelTasks tasks) throws IOException {
    if (set.size() == 0) {
      throw new CorpusException("no icons for " + set.path() + ": are the jars complete?");
    }
    List<Integer> shards = new ArrayList<>();
    for (int first = 0; first < set.size(); first += config.shardSamples()) {
      shards.add(first / config.shardSamples());
    }
    Path base = config.output().resolve(set.path());
    tasks.map(set.path(), shards, shard -> {
      int first = shard * config.shardSamples();
      int end = Math.min(set.size(), first + config.shardSamples());
      try (PngWriter png = new PngWriter(); TarShardWriter writer = new TarShardWriter(base.getParent(),
          base.getFileName().toString(), shard, config.shardSamples(), Long.MAX_VALUE)) {
        for (int i = first; i < end; i++) {
          writer.write(set.sample(i, png));
        }
      }
      return null;
    });
  }

  /** One document a line; what was said before is not said again. */
  private static int text(Path file, List<SampleSet> sets) throws IOException {
    Files.createDirectories(file.getParent());
    Set<String> said = new HashSet<>();
    try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
      for (SampleSet set : sets) {
        for (int i = 0; i < set.size(); i++) {
          for (String document : set.documents(i)) {
            // questions repeat in earnest: their frequencies are part of the language to learn
            if (said.add(document) || set instanceof QuestionSet) {
              out.write(document.replace('\n', ' '));
              out.write('\n');
            }
          }
        }
      }
    }
    return Math.toIntExact(countLines(file));
  }

  private static long countLines(Path file) throws IOException {
    try (var lines = Files.lines(file, StandardCharsets.UTF_8)) {
      return lines.count();
    }
  }

  /** Shards of one set in the output folder. */
  static List<Path> shards(Path output, String path) throws IOException {
    Path base = output.resolve(path);
    List<Path> shards = new ArrayList<>();
    if (Files.isDirectory(base.getParent())) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(base.getParent(),
          base.getFileName() + "-[0-9][0-9][0-9][0-9][0-9][0-9].tar")) {
        files.forEach(shards::add);
      }
    }
    shards.sort(null);
    return shards;
  }
}
