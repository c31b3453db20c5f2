package io.llama3v.train.cli;

import io.llama3v.backend.Backend;
import io.llama3v.io.AtomicFiles;
import io.llama3v.io.Json;
import io.llama3v.llama.Sampling;
import io.llama3v.train.Llama3V;
import io.llama3v.train.ModelFolder;
import io.llama3v.train.eval.EvaluationTable;
import io.llama3v.train.eval.benchmark.Answered;
import io.llama3v.train.eval.benchmark.BenchmarkRun;
import io.llama3v.train.eval.benchmark.BenchmarkScore;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** {@code llama3v eval MODEL --benchmark FOLDER}: a model on converted benchmarks. */
final class BenchmarkOption {
  private static final int EVERY = 50;

  @Option(names = "--benchmark", paramLabel = "FOLDER",
      description = {"A folder that 'llama3v convert' wrote; may be repeated. The first argument is then a model folder, or that of a run,",
          "and its answers are scored by the benchmark's own metric."})
  private List<Path> folders = List.of();

  @Option(names = "--limit", paramLabel = "N", description = "With --benchmark: questions of a folder, at most; all by default.")
  private long limit = Long.MAX_VALUE;

  @Option(names = "--max-new", paramLabel = "N", description = "With --benchmark: most tokens of an answer; 32 by default.")
  private int maxNew = 32;

  @Option(names = "--results", paramLabel = "FOLDER", description = "With --benchmark: where to leave benchmarks.json and answers.jsonl.")
  private Path results;

  boolean wanted() {
    return !folders.isEmpty();
  }

  int run(Path model, BackendOptions backend, PrintWriter out, PrintWriter err) throws IOException {
    if (limit < 1) throw new IllegalArgumentException("--limit " + limit + "; expected 1 or more");
    ModelFolder.find(model); // before the backend: a wrong path should be told at once
    List<Answered> answers = new ArrayList<>();
    try (Backend open = backend.open(); Llama3V llama = Llama3V.open(open, model, null)) {
      for (Path folder : folders) {
        answers.addAll(BenchmarkRun.ask(folder, (question, pictures) -> llama.chat(List.of(question), pictures, maxNew, Sampling.GREEDY), limit,
            n -> {
              if (n % EVERY == 0) err.println(folder + ": " + n + " questions");
            }));
      }
    }
    EvaluationTable table = BenchmarkScore.table(answers, 0);
    out.println(table.toConsole());
    if (results != null) write(table, answers);
    return 0;
  }

  private void write(EvaluationTable table, List<Answered> answers) throws IOException {
    Files.createDirectories(results);
    StringBuilder lines = new StringBuilder();
    for (Answered a : answers) lines.append(Json.write(a)).append('\n');
    AtomicFiles.writeString(results.resolve("answers.jsonl"), lines);
    EvaluationTable.write(results.resolve("benchmarks.json"), List.of(table));
  }
}
