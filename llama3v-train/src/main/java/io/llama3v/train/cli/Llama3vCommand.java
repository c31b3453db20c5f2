package io.llama3v.train.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The command {@code llama3v}. Exit codes: 0, all is well; 1, a check failed or the work could not be finished; 2, the command
 * line, the configuration or another input is wrong; 130 or 143, Ctrl-C or SIGTERM, after a checkpoint where a stage was training. Results go to standard output, everything else to standard error.
 */
@Command(name = "llama3v", scope = ScopeType.INHERIT, mixinStandardHelpOptions = true, versionProvider = Version.class,
    description = "Trains and runs Llama 3-V: a vision transformer, gated cross-attention, and a frozen Llama.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:all is well", "1:a check failed, or the work could not be finished",
        "2:the command line, the configuration or another input is wrong",
        "130, 143:Ctrl-C or SIGTERM; a stage that was training has saved"},
    subcommands = {RunCommand.class, StageCommand.class, CurateCommand.class, DirtCommand.class, ConvertCommand.class, DocumentsCommand.class, ValidateCommand.class, GenerateCommand.class, EvalCommand.class,
        ReportCommand.class, ParityCommand.class, InspectCommand.class, BackendsCommand.class,
        BenchCommand.class, PlanCommand.class, DescriptorCommand.class, AnnotateCommand.class})
public final class Llama3vCommand implements Runnable {
  @Spec
  private CommandSpec spec;

  @Option(names = "--stacktrace", scope = ScopeType.INHERIT, description = "Print the whole stack trace of an error.")
  private boolean stacktrace;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which verb? Run 'llama3v --help' for the list");
  }

  boolean stacktrace() {
    return stacktrace;
  }

  /** The verbs and how their options are read. */
  static CommandLine commandLine() {
    return new CommandLine(new Llama3vCommand()).setCaseInsensitiveEnumValuesAllowed(true);
  }

  /** Runs a command line with the given streams and returns its exit code. */
  static int execute(PrintWriter out, PrintWriter err, String... args) {
    CommandLine line = commandLine();
    Errors errors = new Errors();
    line.setOut(out).setErr(err).setExecutionExceptionHandler(errors).setParameterExceptionHandler(errors);
    try {
      return line.execute(args);
    } catch (OutOfMemoryError e) {
      err.println("error: out of memory: " + e.getMessage() + ". Give the JVM more (LLAMA3V_JAVA_OPTS=-Xmx6g; native memory has the "
          + "same limit), or train with a smaller micro_batch");
      return 1;
    } finally {
      out.flush();
      err.flush();
    }
  }

  /** Runs the command line and ends the process with its exit code. */
  public static void main(String[] args) {
    // Answers are UTF-8 whatever the platform's charset: Java 17 would still take the locale's.
    PrintWriter out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    System.exit(execute(out, err, args));
  }
}
