package io.llama3v.data.document.build;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llama3v.config.ConfigLoader;
import io.llama3v.data.corpus.CorpusProgress;
import io.llama3v.data.corpus.ParallelTasks;
import io.llama3v.data.document.DocumentException;
import io.llama3v.data.document.DocumentFonts;
import io.llama3v.data.document.MissingLibraryException;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.shard.ShardIndex;
import io.llama3v.data.shard.TarShardWriter;
import io.llama3v.io.AtomicFiles;
import io.llama3v.io.Json;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Turns documents, invented charts and scenes into shards of samples: {@code documents}, {@code charts}, {@code code}, {@code grounding},
 * {@code marks}, with {@code skipped.jsonl} and, written last, {@code documents.json}. The same configuration, files and fonts give the
 * same bytes.
 */
public final class Documents {
  private static final String MANIFEST = "documents.json";
  private static final String MARKER = ".llama3v-documents";
  /** Sources at work at the same time, and so in memory. */
  private static final int AT_ONCE = 32;

  /**
   * What was made.
   *
   * @param samples samples by set
   * @param shards  shards by set
   * @param skipped what was left out, by reason; {@code skipped.jsonl} has each with its message
   */
  public record Summary(Map<String, Integer> samples, Map<String, Integer> shards, Map<String, Integer> skipped) {}

  private interface Unit {
    Made make() throws IOException;
  }

  private Documents() {}

  /**
   * Makes the shards.
   *
   * @throws DocumentException       if the output folder holds something else, or there are no fonts
   * @throws MissingLibraryException if a library that the sources need is not on the class path
   */
  public static Summary build(DocumentsConfig config, CorpusProgress progress) throws IOException {
    List<Path> files = Sources.find(config.sources());
    require(files, config);
    clear(config.output());
    DocumentFonts fonts = files.isEmpty() && config.charts() + config.flowCharts() == 0 ? null : DocumentFonts.open(config.fonts());
    int threads = config.threads() == 0 ? Runtime.getRuntime().availableProcessors() : config.threads();
    try (ShardIndex scenes = config.scenes() == null ? null : ShardIndex.open(config.scenes());
        ParallelTasks tasks = new ParallelTasks(threads, (what, done, total) -> { });
        Output output = new Output(config)) {
      List<Unit> units = units(config, files, fonts, scenes);
      for (int from = 0; from < units.size(); from += AT_ONCE) {
        for (Made made : tasks.map("drawing documents", units.subList(from, Math.min(units.size(), from + AT_ONCE)), Unit::make)) output.add(made);
        progress.done("documents", Math.min(units.size(), from + AT_ONCE), units.size());
      }
      return output.finish(fonts);
    }
  }

  private static List<Unit> units(DocumentsConfig config, List<Path> files, DocumentFonts fonts, ShardIndex scenes) {
    List<Unit> units = new ArrayList<>();
    FileSamples documents = fonts == null ? null : new FileSamples(config, fonts);
    for (Path file : files) {
      int unit = units.size();
      units.add(() -> documents.make(unit, file));
    }
    ChartSamples charts = config.charts() == 0 ? null : new ChartSamples(config, fonts);
    for (int i = 0; i < config.charts(); i++) {
      int unit = units.size();
      int number = i;
      units.add(() -> charts.make(unit, number));
    }
    FlowSamples flows = config.flowCharts() == 0 ? null : new FlowSamples(config, fonts);
    for (int i = 0; i < config.flowCharts(); i++) {
      int unit = units.size();
      int number = i;
      units.add(() -> flows.make(unit, number));
    }
    SceneSamples grounded = scenes == null ? null : new SceneSamples(config, scenes);
    for (int i = 0; grounded != null && i < grounded.size(); i++) {
      int unit = units.size();
      int index = i;
      units.add(() -> grounded.make(unit, index));
    }
    return units;
  }

  /** Before anything is deleted or drawn. */
  private static void require(List<Path> files, DocumentsConfig config) {
    List<String> kinds = files.stream().map(Sources::extension).distinct().toList();
    if (kinds.contains("pdf")) MissingLibraryException.require("PDF", "org.apache.pdfbox:pdfbox", null, "org.apache.pdfbox.Loader");
    if (kinds.contains("html") || kinds.contains("htm") || kinds.contains("md")) {
      MissingLibraryException.require("HTML", "org.jsoup:jsoup", null, "org.jsoup.Jsoup");
      MissingLibraryException.require(kinds.contains("md") ? "Markdown" : "HTML", "io.github.openhtmltopdf:openhtmltopdf-java2d", "documents",
          "com.openhtmltopdf.java2d.Java2DRenderer");
    }
    if (kinds.contains("tex")) MissingLibraryException.require("LaTeX", "org.scilab.forge:jlatexmath", "documents", "org.scilab.forge.jlatexmath.TeXFormula");
    if (config.charts() > 0) MissingLibraryException.require("A chart", "org.knowm.xchart:xchart", null, "org.knowm.xchart.CategoryChart");
  }

  /** Removes the files of an earlier run, and nothing else. */
  private static void clear(Path output) throws IOException {
    Files.createDirectories(output);
    if (!Files.exists(output.resolve(MARKER))) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(output)) {
        if (entries.iterator().hasNext()) {
          throw new DocumentException(output.toString(), "output", "is neither empty nor made by an earlier run; name another folder as 'output'");
        }
      }
      Files.createFile(output.resolve(MARKER));
    }
    Files.deleteIfExists(output.resolve(MANIFEST)); // first: what a crash leaves behind must not look complete
    Files.deleteIfExists(output.resolve("skipped.jsonl"));
    for (String set : Made.SETS) {
      try (DirectoryStream<Path> old = Files.newDirectoryStream(output, "{" + set + "-[0-9]*.tar,." + set + "-*.tmp-*}")) {
        for (Path path : old) Files.delete(path);
      }
    }
  }

  /** Writes what was made, in order. */
  private static final class Output implements AutoCloseable {
    private final DocumentsConfig config;
    private final Map<String, TarShardWriter> writers = new LinkedHashMap<>();
    private final Map<String, Integer> counts = new LinkedHashMap<>();
    private final List<Made.Skip> skipped = new ArrayList<>();

    Output(DocumentsConfig config) {
      this.config = config;
    }

    void add(Made made) throws IOException {
      for (String set : Made.SETS) {
        for (Sample sample : made.samples(set)) {
          if (!writers.containsKey(set)) writers.put(set, new TarShardWriter(config.output(), set, config.shardSamples(), Long.MAX_VALUE));
          writers.get(set).write(sample);
          counts.merge(set, 1, Integer::sum);
        }
      }
      skipped.addAll(made.skipped());
    }

    Summary finish(DocumentFonts fonts) throws IOException {
      Map<String, Integer> samples = new LinkedHashMap<>();
      Map<String, Integer> shards = new LinkedHashMap<>();
      for (String set : Made.SETS) {
        if (!writers.containsKey(set)) continue;
        writers.get(set).close();
        samples.put(set, counts.get(set));
        shards.put(set, writers.get(set).published().size());
      }
      Map<String, Integer> reasons = new TreeMap<>();
      StringBuilder lines = new StringBuilder();
      for (Made.Skip skip : skipped) {
        reasons.merge(skip.reason(), 1, Integer::sum);
        lines.append(Json.write(skip)).append('\n');
      }
      AtomicFiles.writeString(config.output().resolve("skipped.jsonl"), lines);
      Summary summary = new Summary(samples, shards, reasons);
      AtomicFiles.writeString(config.output().resolve(MANIFEST), Json.writePretty(manifest(summary, fonts)));
      return summary;
    }

    private ObjectNode manifest(Summary summary, DocumentFonts fonts) {
      ObjectNode root = JsonNodeFactory.instance.objectNode().put("format", 1).put("fonts", fonts == null ? "none used" : fonts.description());
      ObjectNode settings = root.putObject("config");
      ConfigLoader.flatten(config).forEach((key, value) -> {
        if (!key.equals("threads")) settings.put(key, value);
      });
      ObjectNode sets = root.putObject("sets");
      summary.samples().forEach((set, n) -> sets.putObject(set).put("samples", n).put("shards", summary.shards().get(set)));
      ObjectNode reasons = root.putObject("skipped");
      summary.skipped().forEach(reasons::put);
      return root;
    }

    /** After a failure: shards that are not complete do not appear. */
    @Override
    public void close() throws IOException {
      for (TarShardWriter writer : writers.values()) writer.discard();
    }
  }
}
