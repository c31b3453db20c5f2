package io.llama3v.train.cli;

import io.llama3v.train.report.RunFiles;
import io.llama3v.train.stage.PipelineConfig;
import io.llama3v.train.stage.StageRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llama3v run CONFIG}: every stage that is not finished. */
@Command(name = "run", description = "Runs every stage of a configuration, beginning at the first one that is not finished.")
final class RunCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "CONFIG", description = "A YAML file, such as configs/tiny.yaml.")
  private Path file;

  @Parameters(index = "1..*", paramLabel = "a.b=c", description = "Values that replace those of the file: clip.training.steps=500")
  private List<String> overrides = List.of();

  @Mixin
  private BackendOptions backend;

  @Mixin
  private ResumeOptions resume;

  @Mixin
  private DryRunOption dryRun;

  @Override
  public Integer call() throws IOException {
    PipelineConfig config = Configs.load(file, overrides, backend.name());
    if (dryRun.chosen()) return DryRunOption.describe(config, null, resume.allowedChanges(), spec.commandLine().getOut());
    Configs.requireModels(file, config);
    int code = Interruption.guard(spec.commandLine().getErr(), stop -> StageRunner.of(config).session(resume.session(stop)).run());
    if (code != 0) return code;
    Path report = config.run().resolve(RunFiles.REPORT);
    if (Files.exists(report)) spec.commandLine().getOut().println("report: " + report);
    return 0;
  }
}
