package io.llama3v.train.cli;

import io.llama3v.train.stage.Pipeline;
import io.llama3v.train.stage.PipelineConfig;
import io.llama3v.train.stage.StageRunner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llama3v stage NAME CONFIG}: one stage, finished or not. */
@Command(name = "stage", description = {"Runs one stage of a configuration, whether it is finished or not.",
    "What it builds on must be there. It goes on from its newest checkpoint; delete its folder in the run to begin anew."})
final class StageCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "NAME",
      description = "corpus, language-model, clip, adapter, annealing, sft, evaluation, preferences, reward, rejection, dpo or "
          + "quality; '_' does for '-'.")
  private String name;

  @Parameters(index = "1", paramLabel = "CONFIG", description = "A YAML file, such as configs/tiny.yaml.")
  private Path file;

  @Parameters(index = "2..*", paramLabel = "a.b=c", description = "Values that replace those of the file: sft.training.steps=500")
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
    if (dryRun.chosen()) return DryRunOption.describe(config, known(config, name), resume.allowedChanges(), spec.commandLine().getOut());
    Configs.requireModels(file, config);
    Pipeline stage = StageRunner.of(config).only(known(config, name));
    return Interruption.guard(spec.commandLine().getErr(), stop -> stage.session(resume.session(stop)).run());
  }

  private String known(PipelineConfig config, String given) {
    String stage = given.toLowerCase(Locale.ROOT).replace('_', '-');
    if (config.stages().contains(stage)) return stage;
    throw new ParameterException(spec.commandLine(), "no stage of " + file + " is called '" + given + "'; it has "
        + String.join(", ", config.stages()));
  }
}
