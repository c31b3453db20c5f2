package io.llama3v.train.copy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.Backend;
import io.llama3v.data.curate.dedup.ThresholdCalibration;
import io.llama3v.data.sample.SampleSource;
import io.llama3v.image.CopyEdit;
import io.llama3v.image.RgbImage;
import io.llama3v.train.curate.CopyModelDescriptor;
import io.llama3v.vision.copy.CopyDescriptor;
import io.llama3v.vision.copy.CopyModel;
import io.llama3v.vision.copy.CopyModelConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CopyTrainingTest {
  private static final CopyModelConfig TINY = new CopyModelConfig(4, List.of(1, 1, 1, 1), 32, 3, 32);
  @TempDir
  private Path folder;

  private static CopyTrainingConfig config(int steps, long seed) {
    return new CopyTrainingConfig(TINY, steps, 16, 3e-3, 1e-4, 0.1, 0.5, seed);
  }

  /** Recall of copies of pictures that no training has seen, at a precision of 0.9; 0 where no threshold has that. */
  private static double recall(Path network) throws IOException {
    List<RgbImage> others = IntStream.range(1000, 1080).mapToObj(TilePictures::picture).toList();
    try (Backend backend = Backend.best(); CopyModelDescriptor descriptor = new CopyModelDescriptor(CopyDescriptor.load(network))) {
      return ThresholdCalibration.measure(descriptor, others, List.of(CopyEdit.FLIP, CopyEdit.CROP, CopyEdit.OVERLAY), 2, backend)
          .threshold(0.9).recall();
    } catch (IllegalStateException noThreshold) {
      return 0;
    }
  }

  @Test
  void trainingTellsCopiesOfPicturesItNeverSaw() throws IOException {
    SampleSource pictures = SampleSource.of(TilePictures.samples(0, 200));
    try (Backend backend = Backend.best()) {
      try (CopyModel model = new CopyModel(TINY)) {
        model.initialize(backend, 1);
        model.save(folder.resolve("fresh"));
      }
      CopyTraining.Result result = new CopyTraining(backend, pictures, config(150, 1)).run();
      try (CopyModel model = result.model()) {
        model.save(folder.resolve("trained"));
      }
      assertTrue(result.lastLoss() < result.firstLoss() - 0.5, result.firstLoss() + " to " + result.lastLoss());
    }
    double fresh = recall(folder.resolve("fresh"));
    double trained = recall(folder.resolve("trained"));
    assertTrue(trained > fresh + 0.25, "recall of crops, flips and overlays: " + fresh + " untrained, " + trained + " trained");
  }

  @Test
  void theSameSeedGivesTheSameNetwork() throws IOException {
    SampleSource pictures = SampleSource.of(TilePictures.samples(0, 20));
    float[][] weights = new float[3][];
    for (int run = 0; run < 3; run++) {
      try (Backend backend = Backend.best();
          CopyModel model = new CopyTraining(backend, pictures, config(3, run == 2 ? 9 : 4)).run().model()) {
        weights[run] = model.parameters().get("backbone.fc.weight").toFloats();
      }
    }
    assertArrayEquals(weights[0], weights[1]);
    assertTrue(!java.util.Arrays.equals(weights[0], weights[2]));
  }

  @Test
  void tooFewPicturesAreRefused() {
    try (Backend backend = Backend.best()) {
      String message = assertThrows(IllegalArgumentException.class,
          () -> new CopyTraining(backend, SampleSource.of(TilePictures.samples(0, 3)), config(3, 1))).getMessage();
      assertEquals("3 pictures for batches of 16; give more, or a smaller batch", message);
    }
  }
}
