package io.llama3v.train.cli;

import io.llama3v.train.report.HtmlReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llama3v report RUN}: the report of a run, finished or not. */
@Command(name = "report", description = "Writes report.html from the files of a run, also while the run goes on, and prints its path.")
final class ReportCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "RUN", description = "The folder of a run, such as runs/tiny.")
  private Path run;

  @Override
  public Integer call() throws IOException {
    spec.commandLine().getOut().println(HtmlReport.write(run));
    return 0;
  }
}
