package io.llama3v.train.cli;

import io.llama3v.train.eval.EvaluationTable;
import io.llama3v.train.eval.EvaluationTable.Row;
import io.llama3v.train.report.RunFiles;
import io.llama3v.train.stage.PipelineConfig;
import io.llama3v.train.stage.StageRunner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llama3v eval CONFIG}: the evaluation stage once more; {@code llama3v eval MODEL --benchmark FOLDER}: a model on benchmarks. */
@Command(name = "eval", description = {"Evaluates a finished run again, prints the table, and writes evaluation.json and report.html anew.",
    "With --benchmark, scores a model on benchmarks that 'llama3v convert' made ready."})
final class EvalCommand implements Callable<Integer> {
  private static final String STAGE = "evaluation";

  @Spec
  private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "CONFIG", description = "The configuration of the run; with --benchmark, a model.")
  private Path file;

  @Parameters(index = "1..*", paramLabel = "a.b=c", description = "Values that replace those of the file: evaluation.candidates=1000")
  private List<String> overrides = List.of();

  @Option(names = "--check", description = "Exit with 1 if a bar of the configuration is missed.")
  private boolean check;

  @Mixin
  private BenchmarkOption benchmark;

  @Mixin
  private BackendOptions backend;

  @Override
  public Integer call() throws IOException {
    if (benchmark.wanted()) {
      if (check || !overrides.isEmpty()) throw new ParameterException(spec.commandLine(), "--benchmark takes a model, neither --check nor settings");
      return benchmark.run(file, backend, spec.commandLine().getOut(), spec.commandLine().getErr());
    }
    PipelineConfig config = Configs.load(file, overrides, backend.name());
    if (!config.stages().contains(STAGE)) {
      throw new ParameterException(spec.commandLine(), file + " has no stage '" + STAGE + "'");
    }
    StageRunner.of(config).only(STAGE).run();
    if (!check) return 0;
    long missed = EvaluationTable.read(config.run().resolve(RunFiles.EVALUATION)).stream().flatMap(table -> table.rows().stream())
        .map(Row::met).filter(Boolean.FALSE::equals).count();
    if (missed > 0) spec.commandLine().getErr().println(missed + (missed == 1 ? " bar was" : " bars were") + " missed");
    return missed > 0 ? 1 : 0;
  }
}
