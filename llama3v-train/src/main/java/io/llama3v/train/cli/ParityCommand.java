package io.llama3v.train.cli;

import io.llama3v.backend.Backend;
import io.llama3v.train.parity.Parity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llama3v parity DIR…}: do we compute what the reference computes? */
@Command(name = "parity", description = {"Runs folders of reference values and compares.",
    "One line a case: PASS, FAIL or SKIP, the case, its worst tensor, the error and the tolerance. Exits with 1 on any FAIL."})
final class ParityCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Parameters(arity = "1..*", paramLabel = "DIR", description = "Folders of cases.")
  private List<Path> folders;

  @Mixin
  private BackendOptions backend;

  @Override
  public Integer call() throws IOException {
    try (Backend open = backend.open(); PrintStream out = new PrintStream(new Lines(spec.commandLine().getOut()), true, StandardCharsets.UTF_8)) {
      return Parity.run(folders, open, out);
    }
  }

  /** Bytes of UTF-8 to a writer, line by line. */
  private static final class Lines extends OutputStream {
    private final PrintWriter out;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    Lines(PrintWriter out) {
      this.out = out;
    }

    @Override
    public void write(int b) {
      line.write(b);
      if (b == '\n') flushLine();
    }

    private void flushLine() {
      out.print(line.toString(StandardCharsets.UTF_8));
      out.flush();
      line.reset();
    }

    @Override
    public void close() {
      flushLine();
    }
  }
}
