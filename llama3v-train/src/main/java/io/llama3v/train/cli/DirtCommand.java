package io.llama3v.train.cli;

import io.llama3v.data.curate.dirt.DirtConfig;
import io.llama3v.data.curate.dirt.DirtKind;
import io.llama3v.data.curate.dirt.DirtScore;
import io.llama3v.data.curate.dirt.DirtSeeder;
import io.llama3v.io.AtomicFiles;
import io.llama3v.io.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Formatter;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llama3v dirt}: measures the filters of a curation with known dirt. */
@Command(name = "dirt", description = "Measures a curation's filters: puts known dirt into clean shards, and tells what a run found of it.")
final class DirtCommand implements Runnable {
  @Spec
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "expected 'seed' or 'score'");
  }

  @Command(name = "seed", description = "Writes dirty shards, and truth.jsonl, which says what was done to each sample.")
  int seed(@Parameters(paramLabel = "SHARDS", description = "Clean shards with captions in their json: 'corpus/icons/train-*.tar'.") String shards,
      @Parameters(paramLabel = "FOLDER", description = "Where to write dirty-000000.tar and so on.") Path folder,
      @Option(names = "--samples", paramLabel = "N", description = "Clean samples to take; all by default.") int samples,
      @Option(names = "--share", paramLabel = "F", defaultValue = "0.01",
          description = "Share of each kind of dirt; ${DEFAULT-VALUE} by default.") double share,
      @Option(names = "--shard-samples", paramLabel = "N", defaultValue = "500",
          description = "Samples in a shard; ${DEFAULT-VALUE} by default.") int shardSamples,
      @Option(names = "--seed", paramLabel = "S", defaultValue = "1", description = "Of all choices; ${DEFAULT-VALUE} by default.") long seed)
      throws IOException {
    Map<DirtKind, Integer> counts = DirtSeeder.seed(new DirtConfig(shards, folder, samples, share, shardSamples, seed));
    PrintWriter out = spec.commandLine().getOut();
    counts.forEach((kind, n) -> out.printf(Locale.ROOT, "%-13s %6d%n", kind.word(), n));
    return 0;
  }

  @Command(name = "score", description = {"Compares dirty shards with the ledger of the run that curated them.",
      "Leaves the tables in dirt-score.txt and the counts in dirt-score.json in the run's folder."})
  int score(@Parameters(paramLabel = "FOLDER", description = "Folder of the dirty shards.") Path folder,
      @Parameters(paramLabel = "RUN", description = "Folder of the curation's run.") Path run) throws IOException {
    DirtScore score = DirtScore.of(folder, run);
    String table = table(score);
    AtomicFiles.writeString(run.resolve("dirt-score.txt"), table);
    AtomicFiles.writeString(run.resolve("dirt-score.json"), Json.writePretty(score));
    spec.commandLine().getOut().print(table);
    return 0;
  }

  private static String table(DirtScore score) {
    Formatter out = new Formatter(Locale.ROOT);
    out.format("%-13s %-12s %7s %7s %7s %7s %9s %6s %8s%n", "dirt", "its step", "seeded", "before", "by it", "after", "unlisted", "kept",
        "recall");
    for (DirtScore.KindRow row : score.kinds()) {
      out.format("%-13s %-12s %7d %7d %7d %7d %9d %6d %8s%n", row.kind().word(), row.kind().step(), row.seeded(), row.before(),
          row.byItsStep(), row.after(), row.unlisted(), row.kept(), row.kind() == DirtKind.CLEAN ? "" : percent(row.recall()));
    }
    out.format("%n%-13s %8s %12s %11s %7s %10s%n", "step", "dropped", "of its dirt", "other dirt", "clean", "precision");
    for (DirtScore.StepRow row : score.steps()) {
      out.format("%-13s %8d %12d %11d %7d %10s%n", row.step(), row.dropped(), row.right(), row.other(), row.clean(), percent(row.precision()));
    }
    return out.toString();
  }

  private static String percent(double share) {
    return Double.isNaN(share) ? "" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }
}
