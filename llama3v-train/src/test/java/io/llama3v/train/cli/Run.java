package io.llama3v.train.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a command line did. */
record Run(int code, String out, String err) {
  /** Runs a command line in this process. */
  static Run of(Object... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] texts = new String[args.length];
    for (int i = 0; i < args.length; i++) texts[i] = args[i].toString();
    int code = Llama3vCommand.execute(new PrintWriter(out), new PrintWriter(err), texts);
    return new Run(code, out.toString(), err.toString());
  }

  /** The checkout that the tests run in. */
  static Path checkout() {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(at.resolve("configs")) || !Files.isDirectory(at.resolve("examples"))) at = at.getParent();
    return at;
  }
}
