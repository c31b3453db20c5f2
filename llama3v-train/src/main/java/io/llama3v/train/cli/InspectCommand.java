package io.llama3v.train.cli;

import io.llama3v.data.shard.ShardIndex;
import io.llama3v.text.TokenView;
import io.llama3v.text.Tokenizer;
import io.llama3v.train.stage.PipelineConfig;
import io.llama3v.train.stage.SamplePreview;
import io.llama3v.train.stage.StageContext;
import io.llama3v.train.ModelFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llama3v inspect PATH}: what is in a checkpoint or a shard, and what a stage makes of a sample. */
@Command(name = "inspect", description = {"Shows what is in a checkpoint or a shard.",
    "A safetensors file, a model's folder or a training checkpoint: names, types, shapes and totals. Tar shards: samples; with "
        + "--sample one of them whole; with --config too its tokens, label mask and tiles, as a stage sees them."})
final class InspectCommand implements Callable<Integer> {
  @Spec
  private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "PATH",
      description = "A .safetensors file, a folder with one, or tar shards: x.tar, 'x-*.tar', 'x-{000000..000009}.tar'.")
  private String path;

  @Option(names = "--summary", description = "Of a checkpoint, only the totals.")
  private boolean summary;

  @Option(names = "--limit", paramLabel = "N", defaultValue = "10", showDefaultValue = Visibility.ALWAYS, description = "Samples to list.")
  private long limit;

  @Option(names = "--sample", paramLabel = "K", description = "Show the sample at this index, counted from 0.")
  private Long sample;

  @Option(names = "--config", paramLabel = "CONFIG", description = "With --sample: the configuration whose stage prepares it.")
  private Path config;

  @Option(names = "--stage", paramLabel = "NAME", defaultValue = "adapter", showDefaultValue = Visibility.ALWAYS,
      description = "With --config: adapter, annealing or sft, which differ in their tiles.")
  private String stage;

  @Option(names = "--tokenizer", paramLabel = "PATH", description = "With --config: a tokenizer other than the run's.")
  private Path tokenizer;

  @Option(names = "--set", paramLabel = "a.b=c", description = "With --config: a value that replaces the file's; may be repeated.")
  private List<String> overrides = List.of();

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (!path.endsWith(".tar")) {
      if (config != null || sample != null) throw new ParameterException(spec.commandLine(), "--config and --sample are for tar shards");
      weights(out, Path.of(path));
      return 0;
    }
    if (config != null && sample == null) throw new ParameterException(spec.commandLine(), "--config needs --sample");
    try (ShardIndex index = ShardListing.open(path)) {
      if (sample != null && (sample < 0 || sample >= index.size())) {
        throw new ParameterException(spec.commandLine(), "--sample is " + sample + "; " + path + " has "
            + (index.size() == 0 ? "no whole sample: " + index.report() : "samples 0 to " + (index.size() - 1)));
      }
      ShardListing listing = new ShardListing(out);
      if (sample != null) {
        listing.sample(index, sample);
        if (config != null) preview(out, index);
        return 0;
      }
      listing.print(index, limit);
      if (index.size() > 0) return 0;
      spec.commandLine().getErr().println(path + " holds no whole sample" + (index.report().counts().isEmpty()
          ? ": a sample is a picture and its texts under one name, such as 000.jpg, 000.txt, 000.json"
          : "; what is wrong with it stands under 'left out' above. 'llama3v curate' reads on behind damage and keeps the samples that are whole"));
      return 1;
    }
  }

  private void weights(PrintWriter out, Path folder) throws IOException {
    if (!Files.exists(folder)) throw new ParameterException(spec.commandLine(), folder + ": no such file or folder");
    boolean none = Files.isDirectory(folder) && List.of("model.safetensors", "model.safetensors.index.json", "state.json").stream()
        .noneMatch(name -> Files.exists(folder.resolve(name)));
    if (none && Files.exists(folder.resolve("config.yaml"))) {
      throw new ParameterException(spec.commandLine(), folder + " is the folder of a run; name one of its models, such as "
          + ModelFolder.find(folder).weights());
    }
    new WeightListing(out, summary).print(folder);
  }

  private void preview(PrintWriter out, ShardIndex index) throws IOException {
    PipelineConfig run = Configs.load(config, overrides, null);
    try (Tokenizer open = tokenizer == null ? new StageContext(run, null, null, null).tokenizer() : Tokenizer.load(tokenizer)) {
      SamplePreview preview = SamplePreview.of(run, stage, open, index.read(sample), sample);
      out.println();
      out.print(new TokenView(open).render(preview.text()));
      if (preview.placement() == null) return;
      out.println();
      out.print(TileSketch.of(preview.placement(), preview.width(), preview.height(), preview.maxTiles()));
    }
  }
}
