package io.llama3v.train.copy;

import io.llama3v.backend.Backend;
import io.llama3v.data.pipeline.Permutation;
import io.llama3v.data.sample.SampleSource;
import io.llama3v.image.ImageDecoder;
import io.llama3v.image.ImageException;
import io.llama3v.image.RgbImage;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;
import io.llama3v.train.optim.AdamW;
import io.llama3v.train.optim.Schedule;
import io.llama3v.vision.copy.CopyLoss;
import io.llama3v.vision.copy.CopyModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains a {@link CopyModel} on pictures alone: two edited views of each of a batch's pictures, the loss of {@link CopyLoss}, AdamW, batch
 * statistics. The same seed gives the same network on one backend and thread count.
 */
public final class CopyTraining {
  private static final Logger LOG = LoggerFactory.getLogger(CopyTraining.class);
  private static final int LOG_EVERY = 50;
  private final Backend backend;
  private final SampleSource pictures;
  private final CopyTrainingConfig config;
  private final CopyViews views;

  /** What came of it: the network, and the mean loss of the first and of the last tenth of the steps. */
  public record Result(CopyModel model, double firstLoss, double lastLoss) {}

  /** @param pictures at least as many as a batch; captions are not looked at */
  public CopyTraining(Backend backend, SampleSource pictures, CopyTrainingConfig config) {
    if (pictures.size() < config.batch()) {
      throw new IllegalArgumentException(pictures.size() + " pictures for batches of " + config.batch() + "; give more, or a smaller batch");
    }
    this.backend = backend;
    this.pictures = pictures;
    this.config = config;
    this.views = new CopyViews(config.seed());
  }

  /** Trains; the caller closes the network. */
  public Result run() throws IOException {
    CopyModel model = new CopyModel(config.model());
    model.initialize(backend, config.seed());
    double[] losses = new double[config.steps()];
    try (AdamW optimizer = AdamW.over(model.parameters()).weightDecay(config.weightDecay())
        .schedule(Schedule.warmupCosine(config.learningRate(), config.steps() / 10, config.steps())).build()) {
      for (int step = 0; step < config.steps(); step++) {
        losses[step] = step(model, optimizer, step);
        if (!Double.isFinite(losses[step])) {
          throw new IllegalStateException("the loss is " + losses[step] + " at step " + step + "; lower the learning rate");
        }
        if (step % LOG_EVERY == 0 || step == config.steps() - 1) LOG.info("copy detection: step {} of {}, loss {}", step + 1, config.steps(), losses[step]);
      }
    } catch (IOException | RuntimeException failed) {
      model.close();
      throw failed;
    }
    int tenth = Math.max(1, losses.length / 10);
    return new Result(model, mean(losses, 0, tenth), mean(losses, losses.length - tenth, losses.length));
  }

  private static double mean(double[] values, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) sum += values[i];
    return sum / (to - from);
  }

  private double step(CopyModel model, AdamW optimizer, int step) throws IOException {
    int side = config.model().side();
    float[] pixels = model.pixels(batch(step));
    try (Tape tape = Tape.record(backend)) {
      Tensor z = model.forward(backend.tensor(pixels, 2L * config.batch(), side, side, 3), true);
      Tensor loss = CopyLoss.apply(z, config.temperature(), config.entropyWeight());
      double value = loss.item();
      tape.backward(loss);
      optimizer.step(step);
      optimizer.clearGrads();
      return value;
    }
  }

  /** First views of all pictures of a step, then second views. */
  private List<RgbImage> batch(int step) throws IOException {
    int n = config.batch();
    List<RgbImage> images = new ArrayList<>();
    for (long place = (long) step * n; images.size() < n; place++) images.add(picture(place));
    try {
      return IntStream.range(0, 2 * n).parallel().mapToObj(i ->
          views.of(images.get(i % n), images.get((i + 1) % n), (long) step * 2 * n + i)).toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** The picture at a place of the endless order: a fresh permutation each time all have been seen. One that is damaged gives way to the next. */
  private RgbImage picture(long place) throws IOException {
    long count = pictures.size();
    for (long tried = 0; tried < count; tried++) {
      long index = new Permutation(count, config.seed() + place / count).apply((place + tried) % count);
      try {
        return ImageDecoder.decode(pictures.read(index).image(), pictures.describe() + " sample " + index);
      } catch (ImageException damaged) {
        LOG.debug("left out: {}", damaged.getMessage());
      }
    }
    throw new IOException(pictures.describe() + ": no picture can be decoded");
  }
}
