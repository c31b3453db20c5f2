package io.llama3v.train.cli;

import io.llama3v.train.stage.DryRun;
import io.llama3v.train.stage.PipelineConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Set;
import picocli.CommandLine.Option;

/** {@code --dry-run}: everything is checked and described, and nothing done. */
final class DryRunOption {
  @Option(names = "--dry-run", description = {"Check everything and say what would be done: stages, parts, schedules, data.",
      "Nothing is trained, no weight takes memory. Exit code 1 if something is missing that no stage makes, or a change would be refused."})
  private boolean chosen;

  boolean chosen() {
    return chosen;
  }

  /** Prints what a run, or one stage of it, would do, and returns the exit code. */
  static int describe(PipelineConfig config, String only, Set<String> allowedChanges, PrintWriter out) throws IOException {
    DryRun.Result result = DryRun.of(config, only, allowedChanges);
    out.print(result.text());
    return result.isReady() ? 0 : 1;
  }
}
