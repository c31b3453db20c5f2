package example;

import io.llama3v.data.pipeline.DataLoader;
import io.llama3v.data.sample.Sample;
import io.llama3v.image.ImageDecoder;
import io.llama3v.nn.Linear;
import io.llama3v.nn.Module;
import io.llama3v.nn.Weights;
import io.llama3v.ops.CrossEntropy;
import io.llama3v.tensor.Tensor;
import io.llama3v.train.loop.BatchSource;
import io.llama3v.train.loop.StepContext;
import io.llama3v.train.loop.Task;
import io.llama3v.train.loop.TrainingResult;
import io.llama3v.train.optim.Schedule;
import io.llama3v.train.stage.Stage;
import io.llama3v.train.stage.StageContext;
import io.llama3v.train.stage.StageListener;
import io.llama3v.train.stage.StageRunner;
import io.llama3v.vision.clip.ClipModel;
import io.llama3v.vision.image.ClipTransform;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A stage of one's own: a linear probe on the frozen features of the run's CLIP learns whether a caption contains a word.
 * ProbeStage CONFIG SHARDS WORD runs it after the stages of the configuration.
 */
public final class ProbeStage implements Stage {
  /** Two logits from an image's features. */
  static final class Probe extends Module {
    private final Linear head;

    Probe(int width) {
      this.head = child("head", new Linear(width, 2, true));
    }

    Tensor forward(Tensor features) {
      return head.forward(features);
    }
  }

  /** A picture [3, S, S] and whether its caption contains the word. */
  private record Example(float[] pixels, int label) {}

  private final Path shards;
  private final String word;
  private final int steps;

  /** The probe for a word, on shards of captioned pictures. */
  public ProbeStage(Path shards, String word, int steps) {
    this.shards = shards;
    this.word = word;
    this.steps = steps;
  }

  @Override
  public void run(StageContext context) throws IOException {
    Path brought = context.config().clip().load();
    try (ClipModel clip = ClipModel.load(context.backend(), brought == null ? context.folder("clip") : brought);
         Probe probe = new Probe(clip.config().projectionDim())) {
      clip.freeze();
      probe.initialize(context.backend(), context.config().seed());
      ClipTransform transform = new ClipTransform(clip.config().vision().imageSize());
      try (DataLoader<Example> loader = DataLoader.open(shards).batchSize(8).<Example>map((sample, position) -> example(sample, transform))
          .seed(context.config().seed()).build()) {
        // The runner brings AdamW, metrics, checkpoints that resume bit for bit, the progress line and the report.
        TrainingResult result = StageRunner.custom("probe", probe, task(clip, probe), BatchSource.of(loader, batch -> batch))
            .learningRate(Schedule.constant(1e-2)).steps(steps).run(context);
        System.out.printf("probe for '%s': loss %.3f after %d steps%n", word, result.loss(), result.step());
      }
      Weights.save(probe, context.folder("probe"));
    }
  }

  private Example example(Sample sample, ClipTransform transform) {
    float[] pixels = transform.apply(ImageDecoder.decode(sample.image(), sample.key(), transform.transparency())).pixels();
    return new Example(pixels, sample.text().contains(word) ? 1 : 0);
  }

  private static Task<List<Example>> task(ClipModel clip, Probe probe) {
    return Task.of((batch, normalizer) -> {
      int side = clip.config().vision().imageSize();
      float[] pixels = new float[batch.size() * 3 * side * side];
      int[] labels = new int[batch.size()];
      for (int i = 0; i < labels.length; i++) {
        System.arraycopy(batch.get(i).pixels(), 0, pixels, i * 3 * side * side, 3 * side * side);
        labels[i] = batch.get(i).label();
      }
      var backend = clip.logitScale().backend();
      Tensor logits = probe.forward(clip.imageFeatures(backend.tensor(pixels, labels.length, 3, side, side)));
      return CrossEntropy.apply(logits, backend.tensor(labels, labels.length), null, normalizer);
    }, List::size);
  }

  public static void main(String[] args) throws IOException {
    StageRunner.of(Path.of(args[0]))
        .add("probe", new ProbeStage(Path.of(args[1]), args[2], 200))
        .listen(new StageListener() {
          @Override
          public void step(String stage, StepContext step) {
            if (step.step() % 50 == 0) step.message(stage + ": gradient norm " + step.gradientNorm());
          }
        })
        .run();
  }
}
