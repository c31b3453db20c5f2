package io.llama3v.train.cli;

import io.llama3v.config.ConfigLoader;
import io.llama3v.train.stage.PipelineConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llama3v validate CONFIG}: reads a configuration and says what is wrong with it. */
@Command(name = "validate", description = "Checks a configuration without running anything.")
final class ValidateCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "CONFIG", description = "A YAML file, such as configs/tiny.yaml.")
  private Path file;

  @Parameters(index = "1..*", paramLabel = "a.b=c", description = "Values that replace those of the file.")
  private List<String> overrides = List.of();

  @Option(names = "--print", description = "Print the configuration with all defaults written out, as YAML that loads again.")
  private boolean print;

  @Override
  public Integer call() {
    PipelineConfig config = Configs.load(file, overrides, null);
    PrintWriter out = spec.commandLine().getOut();
    if (print) out.print(ConfigLoader.effective(config));
    else out.println(file + " is valid: " + String.join(", ", config.stages()) + " into " + config.run());
    return 0;
  }
}
