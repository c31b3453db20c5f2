package io.llama3v.train.cli;

import io.llama3v.config.ConfigLoader;
import io.llama3v.data.document.build.Documents;
import io.llama3v.data.document.build.DocumentsConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llama3v documents CONFIG}: documents, charts and scenes to shards of samples. */
@Command(name = "documents", description = {"Turns PDF, HTML, LaTeX and Markdown files, invented charts and icon scenes into samples: pictures",
    "with their true text, the code of a boxed element, questions about charts, boxes and marks.",
    "The same configuration and files give the same bytes."})
final class DocumentsCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "CONFIG", description = "A YAML file, such as examples/documents/documents.yaml.")
  private Path file;

  @Parameters(index = "1..*", paramLabel = "a.b=c", description = "Values that replace those of the file: charts=200")
  private List<String> overrides = List.of();

  @Override
  public Integer call() throws IOException {
    System.setProperty("java.awt.headless", "true"); // before AWT is first used: a server has no display
    DocumentsConfig config = ConfigLoader.load(file, DocumentsConfig.class, overrides);
    PrintWriter err = spec.commandLine().getErr();
    Documents.Summary summary = Documents.build(config, (what, done, total) -> {
      err.print("\r" + what + ": " + done + " of " + total + " sources");
      if (done == total) err.println();
      err.flush();
    });
    PrintWriter out = spec.commandLine().getOut();
    out.printf(Locale.ROOT, "%-10s %8s %7s%n", "set", "samples", "shards");
    summary.samples().forEach((set, n) -> out.printf(Locale.ROOT, "%-10s %8d %7d%n", set, n, summary.shards().get(set)));
    if (!summary.skipped().isEmpty()) {
      out.println("left out, see " + config.output().resolve("skipped.jsonl") + ":");
      summary.skipped().forEach((reason, n) -> out.printf(Locale.ROOT, "  %-15s %d%n", reason, n));
    }
    out.println("shards in " + config.output());
    return 0;
  }
}
