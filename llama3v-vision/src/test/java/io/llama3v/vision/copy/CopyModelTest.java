package io.llama3v.vision.copy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.Backend;
import io.llama3v.image.RgbImage;
import io.llama3v.io.ShardedWeights;
import io.llama3v.io.WeightSource;
import io.llama3v.ops.Permute;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Shape;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against torchvision's ResNet with SSCD's head; see the README beside the files. */
class CopyModelTest {
  private static final Path GOLDEN = Path.of("src/test/resources/copy");
  @TempDir
  private Path folder;

  private static Tensor read(Backend backend, WeightSource io, String name) throws IOException {
    return backend.tensor(io.readFloats(name), io.info(name).shape());
  }

  private static void near(WeightSource io, String name, Tensor channelsLast, double tolerance) throws IOException {
    Tensor found = channelsLast.rank() == 4 ? Permute.apply(channelsLast, 0, 3, 1, 2) : channelsLast;
    assertEquals(Shape.text(io.info(name).shape()), Shape.text(found.shape()), name);
    near(name, io.readFloats(name), found.toFloats(), tolerance);
  }

  private static void near(String name, float[] expected, float[] found, double tolerance) {
    double largest = 0;
    for (float e : expected) largest = Math.max(largest, Math.abs(e));
    assertEquals(expected.length, found.length, name);
    for (int i = 0; i < expected.length; i++) assertEquals(expected[i], found[i], tolerance * largest, name + " at " + i);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nd4j", "cpu"})
  void everyStageAndGradientAgreesWithTorch(String name) throws IOException {
    try (Backend backend = Backend.named(name); CopyModel model = CopyModel.load(backend, GOLDEN.resolve("model.safetensors"));
        WeightSource io = ShardedWeights.open(GOLDEN.resolve("io.safetensors")); Scope scope = backend.scope()) {
      assertEquals(new CopyModelConfig(4, List.of(2, 1, 1, 1), 8, 3, 320), model.config());
      Tensor pixels = Permute.apply(read(backend, io, "in.pixels"), 0, 2, 3, 1);
      List<Tensor> stages = model.trace(pixels);
      near(io, "out.pool", stages.get(0), 1e-5);
      near(io, "out.layer1", stages.get(2), 1e-5);
      near(io, "out.layer4", stages.get(5), 1e-5);
      near(io, "out.gem", stages.get(6), 1e-5);
      gradients(backend, model, io, pixels, false, "out.descriptor", "grad.");
      gradients(backend, model, io, pixels, true, "out.train.descriptor", "train.grad.");
      for (String statistic : List.of("backbone.bn1.running_mean", "backbone.bn1.running_var")) {
        near(statistic, io.readFloats("train.running." + statistic), model.parameters().get(statistic).toFloats(), 1e-5);
      }
    }
  }

  private static void gradients(Backend backend, CopyModel model, WeightSource io, Tensor pixels, boolean training, String out,
      String prefix) throws IOException {
    model.clearGrads();
    try (Tape tape = Tape.record(backend)) {
      Tensor descriptor = model.forward(pixels, training);
      near(io, out, descriptor, 1e-4);
      tape.backward(descriptor.mul(read(backend, io, "in.direction")).sum());
    }
    int compared = 0;
    for (String key : io.names()) {
      if (!key.startsWith(prefix)) continue;
      near(key, io.readFloats(key), model.parameters().get(key.substring(prefix.length())).grad().toFloats(), 2e-3);
      compared++;
    }
    assertTrue(compared >= 2, compared + " gradients");
  }

  @Test
  void namesAndShapesAreThoseOfTheRealNetwork() throws IOException {
    Map<String, String> expected = new TreeMap<>();
    for (String line : Files.readAllLines(GOLDEN.resolve("resnet50.tsv"))) {
      String[] cells = line.split("\t");
      if (!cells[0].endsWith("num_batches_tracked")) expected.put(cells[0], cells[1]);
    }
    Map<String, String> ours = new TreeMap<>();
    CopyModel model = new CopyModel(CopyModelConfig.sscd());
    model.parameters().forEach((name, p) -> ours.put(name, Shape.text(p.shape()).replace(" ", "")));
    assertEquals(expected, ours);
    assertEquals(24_557_120L, model.parameters().values().stream().filter(Parameter::isTrainable).mapToLong(Parameter::elements).sum(),
        "23,508,032 of the trunk and 2048 * 512 + 512");
  }

  @Test
  void savedAndLoadedItDescribesAlike() throws IOException {
    List<RgbImage> images = List.of(RgbImage.filled(50, 40, 0x206080), RgbImage.filled(30, 60, 0xE0E010));
    float[][] first;
    String fingerprint;
    try (Backend backend = Backend.best()) {
      CopyModel model = new CopyModel(new CopyModelConfig(4, List.of(1, 1, 1, 1), 16, 3, 64));
      model.initialize(backend, 3);
      model.save(folder.resolve("m"));
      try (CopyDescriptor descriptor = new CopyDescriptor(Backend.best(), CopyModel.load(backend, folder.resolve("m")))) {
        first = descriptor.describe(images);
        fingerprint = descriptor.fingerprint();
      }
      model.close();
    }
    try (CopyDescriptor again = CopyDescriptor.load(folder.resolve("m"))) {
      assertEquals(16, again.dimension());
      assertEquals(fingerprint, again.fingerprint());
      float[][] second = again.describe(images);
      assertArrayEquals(first[0], second[0]);
      double squares = 0;
      for (float v : second[1]) squares += v * v;
      assertEquals(1, squares, 1e-5);
    }
  }

  @Test
  void foreignWeightsAreRefusedWithAReason() throws IOException {
    try (Backend backend = Backend.named("nd4j")) {
      String message = assertThrows(IOException.class,
          () -> CopyModel.load(backend, Path.of("src/test/resources/copy/io.safetensors"))).getMessage();
      assertTrue(message.contains("conv1.weight"), message);
    }
  }
}
