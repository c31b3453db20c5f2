package io.llama3v.train.cli;

import io.llama3v.backend.Backend;
import io.llama3v.data.curate.ImageDescriptor;
import io.llama3v.data.curate.StepContext;
import io.llama3v.data.curate.Steps;
import io.llama3v.data.curate.ModelProvider;
import io.llama3v.data.curate.dedup.CopiesConfig;
import io.llama3v.data.curate.dedup.ThresholdCalibration;
import io.llama3v.data.pipeline.Permutation;
import io.llama3v.data.shard.ShardIndex;
import io.llama3v.image.CopyEdit;
import io.llama3v.image.ImageDecoder;
import io.llama3v.image.ImageException;
import io.llama3v.image.RgbImage;
import io.llama3v.train.copy.CopyTraining;
import io.llama3v.train.copy.CopyTrainingConfig;
import io.llama3v.vision.copy.CopyModelConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llama3v descriptor}: what tells copies of pictures, trained and calibrated. */
@Command(name = "descriptor", description = "Trains a network that tells copies of pictures, and finds the threshold of any such descriptor.",
    subcommands = {DescriptorCommand.Train.class, DescriptorCommand.Calibrate.class})
final class DescriptorCommand implements Runnable {
  @Spec
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which of 'train' and 'calibrate'? Run 'llama3v descriptor --help'");
  }

  /** {@code llama3v descriptor train}. */
  @Command(name = "train", description = {"Trains a copy-detection network on pictures alone, with copies that it makes itself.",
      "The result is what 'model' of the curation step 'copies' names."})
  static final class Train implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private BackendOptions options;

    @Parameters(index = "0", paramLabel = "SHARDS", description = "Shards with pictures: 'raw/x-{000000..000009}.tar'.")
    private String shards;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where the network goes.")
    private Path out;

    @Option(names = "--steps", defaultValue = "1000", description = "Steps of the optimiser; ${DEFAULT-VALUE}.")
    private int steps;

    @Option(names = "--batch", defaultValue = "32", description = "Pictures a step; ${DEFAULT-VALUE}.")
    private int batch;

    @Option(names = "--rate", defaultValue = "0.001", description = "Highest learning rate; ${DEFAULT-VALUE}.")
    private double rate;

    @Option(names = "--entropy", defaultValue = "1", description = "Weight of the entropy term; ${DEFAULT-VALUE}.")
    private double entropy;

    @Option(names = "--width", defaultValue = "16", description = "Channels of the stem; ${DEFAULT-VALUE}, and 64 in ResNet-50.")
    private int width;

    @Option(names = "--layers", split = ",", defaultValue = "1,1,1,1", description = "Blocks of each layer; ${DEFAULT-VALUE}.")
    private List<Integer> layers;

    @Option(names = "--dimension", defaultValue = "128", description = "Numbers in a descriptor; ${DEFAULT-VALUE}.")
    private int dimension;

    @Option(names = "--side", defaultValue = "96", description = "Pixels of the square that pictures are resized to; ${DEFAULT-VALUE}.")
    private int side;

    @Option(names = "--seed", defaultValue = "0", description = "Of weights, order and copies.")
    private long seed;

    @Override
    public Integer call() throws IOException {
      CopyTrainingConfig defaults = CopyTrainingConfig.small(steps);
      CopyTrainingConfig config = new CopyTrainingConfig(new CopyModelConfig(width, layers, dimension, 3, side), steps, batch, rate,
          defaults.weightDecay(), defaults.temperature(), entropy, seed);
      try (Backend backend = options.open(); ShardIndex pictures = ShardIndex.open(shards)) {
        CopyTraining.Result result = new CopyTraining(backend, pictures, config).run();
        try (var model = result.model()) {
          model.save(out);
        }
        spec.commandLine().getOut().printf(Locale.ROOT, "%s: loss %.3f in the first tenth of the steps, %.3f in the last%n", out,
            result.firstLoss(), result.lastLoss());
      }
      return 0;
    }
  }

  /** {@code llama3v descriptor calibrate}. */
  @Command(name = "calibrate", description = {"Finds the lowest threshold of a descriptor that has a wanted precision, and its recall.",
      "It makes copies of sampled pictures itself: cropped, blurred, compressed, covered, flipped, scaled, recoloured."})
  static final class Calibrate implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private BackendOptions options;

    @Parameters(index = "0", paramLabel = "DESCRIPTOR", description = "phash, dhash, a checkpoint or an ONNX file.")
    private String descriptor;

    @Parameters(index = "1", paramLabel = "SHARDS", description = "Shards with pictures.")
    private String shards;

    @Option(names = "--target-precision", defaultValue = "0.9", description = "Share of the finds that are right; ${DEFAULT-VALUE}.")
    private double precision;

    @Option(names = "--pictures", defaultValue = "500", description = "Pictures that are sampled; ${DEFAULT-VALUE}.")
    private int pictures;

    @Option(names = "--pool", description = "Pictures of the data that the threshold is for; by default those that are sampled.")
    private Long pool;

    @Option(names = "--copies", defaultValue = "1", description = "Copies that a picture has there on average; ${DEFAULT-VALUE}.")
    private double copies;

    @Option(names = "--edits", split = ",", description = "Kinds of copies; all by default: ${COMPLETION-CANDIDATES}.")
    private List<CopyEdit> edits;

    @Option(names = "--seed", defaultValue = "0", description = "Of sample and copies.")
    private long seed;

    @Override
    public Integer call() throws IOException {
      boolean hash = descriptor.equals("phash") || descriptor.equals("dhash");
      CopiesConfig config = new CopiesConfig(hash ? descriptor : "model", hash ? null : Path.of(descriptor), null, 0, 0, 0, 0, 0, null, null);
      try (Backend backend = options.open();
          ImageDescriptor opened = Steps.descriptor(config, new StepContext(seed, ModelProvider::find))) {
        List<RgbImage> sample = sample();
        ThresholdCalibration.Result result = ThresholdCalibration.measure(opened, sample, edits == null ? List.of(CopyEdit.values()) : edits,
            seed, backend).threshold(precision, pool == null ? sample.size() : pool, copies);
        print(result, sample.size());
      }
      return 0;
    }

    private List<RgbImage> sample() throws IOException {
      List<RgbImage> images = new ArrayList<>();
      try (ShardIndex index = ShardIndex.open(shards)) {
        if (index.size() == 0) throw new IOException(shards + " holds no samples");
        Permutation order = new Permutation(index.size(), seed);
        for (long i = 0; i < index.size() && images.size() < pictures; i++) {
          long at = order.apply(i);
          try {
            images.add(ImageDecoder.decode(index.read(at).image(), index.describe() + " sample " + index.key(at)));
          } catch (ImageException damaged) {
            spec.commandLine().getErr().println("left out: " + damaged.getMessage());
          }
        }
      }
      return images;
    }

    private void print(ThresholdCalibration.Result result, int sampled) {
      PrintWriter out = spec.commandLine().getOut();
      ThresholdCalibration.Found found = result.found();
      out.printf(Locale.ROOT, "threshold %.4f: precision %.3f (95 %%: %.3f to %.3f), recall %.3f, on %d pictures%n", result.threshold(),
          result.precision(), result.least(), result.most(), result.recall(), sampled);
      out.printf(Locale.ROOT, "  %s in %,d; %,d of %,d copies found%n", found.wrong() == 0 ? "no false pair" : found.wrong() == 1 ? "1 false pair"
          : String.format(Locale.ROOT, "%,d false pairs", found.wrong()), found.pairs(), found.right(), found.copies());
      if (pool != null && pool > sampled && result.least() < precision) {
        out.printf(Locale.ROOT, "  so few pictures cannot tell whether %,d hold the precision of %.3f: sample more with --pictures%n", pool, precision);
      }
      result.byEdit().forEach((edit, recall) -> out.printf(Locale.ROOT, "  recall of %-8s %.3f%n", edit.name().toLowerCase(Locale.ROOT), recall));
    }
  }
}
