package io.llama3v.train.cli;

import io.llama3v.config.ConfigLoader;
import io.llama3v.data.curate.CurationConfig;
import io.llama3v.data.curate.Steps;
import io.llama3v.data.curate.engine.Curation;
import io.llama3v.data.curate.engine.Engine;
import io.llama3v.data.curate.ledger.Funnel;
import io.llama3v.train.report.FunnelPage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llama3v curate CONFIG}: raw shards to curated ones. */
@Command(name = "curate", description = {"Turns raw image-text shards into curated ones, step by step, with a ledger of every sample.",
    "A run that was interrupted goes on with what is missing."})
final class CurateCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "CONFIG", description = "A YAML file, such as examples/curation/curate.yaml.")
  private Path file;

  @Parameters(index = "1..*", paramLabel = "a.b=c", description = "Values that replace those of the file: rules.min_side=64")
  private List<String> overrides = List.of();

  @Mixin
  private EngineFlags engine = new EngineFlags();

  @Override
  public Integer call() throws IOException {
    CurationConfig config = ConfigLoader.load(file, CurationConfig.class, overrides);
    Funnel funnel;
    try (Engine running = engine.open(config.threads())) {
      funnel = Curation.run(config, Steps.create(config), running);
    }
    PrintWriter out = spec.commandLine().getOut();
    print(funnel, out);
    out.println("funnel:    " + FunnelPage.write(config.run(), funnel));
    out.println("ledger:    " + config.run().resolve("ledger"));
    if (config.output().shards()) {
      out.println("shards:    " + config.run().resolve("shards"));
    }
    if (config.output().selection()) {
      out.println("selection: " + config.run().resolve("selection.jsonl.gz"));
    }
    return 0;
  }

  private static void print(Funnel funnel, PrintWriter out) {
    out.printf(Locale.ROOT, "%-14s %10s %10s%n", "step", "dropped", "left");
    out.printf(Locale.ROOT, "%-14s %10s %10d%n", "(raw)", "", funnel.input());
    for (Funnel.Stage stage : funnel.stages()) {
      out.printf(Locale.ROOT, "%-14s %10d %10d%n", stage.step(), stage.dropped(), stage.in() - stage.dropped());
      for (Funnel.Reason reason : stage.reasons()) {
        out.printf(Locale.ROOT, "  %-21s %d%n", reason.reason(), reason.count());
      }
    }
  }
}
