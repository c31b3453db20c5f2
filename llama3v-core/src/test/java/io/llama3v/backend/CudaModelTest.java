package io.llama3v.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.llama3v.backend.cuda.CudaBackend;
import io.llama3v.backend.cuda.CudaBackendProvider;
import io.llama3v.backend.cuda.HostCuda;
import io.llama3v.backend.cuda.HostDevice;
import io.llama3v.backend.cuda.Precision;
import io.llama3v.io.SafetensorsType;
import io.llama3v.io.SafetensorsWriter;
import io.llama3v.io.ShardedWeights;
import io.llama3v.io.ShardedWriter;
import io.llama3v.io.WeightSource;
import io.llama3v.llama.LlamaConfig;
import io.llama3v.llama.LlamaModel;
import io.llama3v.llama.TextBatch;
import io.llama3v.nn.Weights;
import io.llama3v.tensor.DType;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * A small Llama trained on the cuda backend, on this machine's processor and, where there is one, on the GPU: gradients as on the
 * reference backend, the same bits twice, BF16 close by.
 */
class CudaModelTest {
  private static final LlamaConfig CONFIG = LlamaConfig.small(61, 32, 48, 2, 4, 2, false, 0, 1);
  private static final int STEPS = 3;

  @TempDir
  private Path folder;

  /** Losses of some steps, gradients of the first, weights after the last. */
  private record Run(double[] losses, Map<String, double[]> gradients, Map<String, double[]> weights) {}

  private static Run train(Backend backend) {
    int[] ids = new int[2 * 23];
    for (int i = 0; i < ids.length; i++) ids[i] = i * 7 % CONFIG.vocabSize();
    TextBatch batch = new TextBatch(2, 23, ids, ids, null, null);
    double[] losses = new double[STEPS];
    Map<String, double[]> gradients = new LinkedHashMap<>();
    Map<String, double[]> weights = new LinkedHashMap<>();
    List<Tensor> moments = new ArrayList<>();
    try (LlamaModel model = new LlamaModel(CONFIG)) {
      model.initialize(backend, 3);
      for (int step = 0; step < STEPS; step++) {
        model.clearGrads();
        try (Tape tape = Tape.record(backend)) {
          Tensor loss = model.loss(batch, batch.counted());
          tape.backward(loss);
          losses[step] = loss.item();
        }
        int at = 0;
        for (Map.Entry<String, Parameter> entry : model.parameters().entrySet()) {
          Parameter p = entry.getValue();
          if (step == 0) {
            gradients.put(entry.getKey(), p.grad().toDoubles());
            for (int i = 0; i < 2; i++) {
              Tensor moment = backend.detached(DType.F32, p.shape());
              backend.kernels().fill(moment, 0);
              moments.add(moment);
            }
          }
          backend.kernels().adamW(p, p.grad(), moments.get(at++), moments.get(at++), new AdamWStep(1e-2, 0.9, 0.95, 1e-6, 0.1, step + 1, 1));
        }
      }
      model.parameters().forEach((name, p) -> weights.put(name, p.toDoubles()));
      moments.forEach(Tensor::close);
    }
    return new Run(losses, gradients, weights);
  }

  private static Run train(Supplier<Backend> open) {
    try (Backend backend = open.get()) {
      Run run = train(backend);
      assertEquals(0, backend.liveBytes());
      return run;
    }
  }

  private static double difference(double[] expected, double[] actual) {
    double error = 0;
    double size = 1e-12;
    for (int i = 0; i < expected.length; i++) {
      error += (actual[i] - expected[i]) * (actual[i] - expected[i]);
      size += expected[i] * expected[i];
    }
    return Math.sqrt(error / size);
  }

  private static void assertNear(Map<String, double[]> expected, Map<String, double[]> actual, double tolerance) {
    expected.forEach((name, values) -> {
      double d = difference(values, actual.get(name));
      assertTrue(d <= tolerance, () -> name + " is off by " + d);
    });
  }

  @TestFactory
  Stream<DynamicTest> trainsAsTheReference() {
    HostCuda.missing().ifPresent(why -> System.err.println("SKIPPED: models on the CUDA kernels were not checked: " + why));
    boolean gpu = new CudaBackendProvider().unavailable().isEmpty();
    assumeTrue(HostCuda.missing().isEmpty() || gpu);
    Run reference = train(() -> Backend.named("nd4j"));
    List<DynamicTest> tests = new ArrayList<>();
    if (HostCuda.missing().isEmpty()) tests.addAll(tests("host", reference, precision -> new CudaBackend(new HostDevice(), precision)));
    if (gpu) tests.addAll(tests("GPU", reference, CudaBackendProvider::open));
    return tests.stream();
  }

  private List<DynamicTest> tests(String where, Run reference, Function<Precision, Backend> open) {
    return List.of(
        DynamicTest.dynamicTest(where + ", fp32", () -> {
          Run run = train(() -> open.apply(Precision.FP32));
          assertArrayEquals(reference.losses, run.losses, 1e-4);
          assertNear(reference.gradients, run.gradients, 1e-4);
          assertNear(reference.weights, run.weights, 1e-3);
        }),
        DynamicTest.dynamicTest(where + ", bf16, twice the same bits", () -> {
          Run run = train(() -> open.apply(Precision.BF16));
          assertArrayEquals(reference.losses, run.losses, 0.05);
          assertNear(reference.gradients, run.gradients, 0.05);
          Run again = train(() -> open.apply(Precision.BF16));
          assertArrayEquals(run.losses, again.losses);
          run.weights.forEach((name, values) -> assertArrayEquals(values, again.weights.get(name), name));
        }),
        DynamicTest.dynamicTest(where + ", weights that come in BF16 stay so until they are trained", () -> loading(open)));
  }

  private void loading(Function<Precision, Backend> open) throws Exception {
    try (Backend backend = open.apply(Precision.BF16); LlamaModel drawn = new LlamaModel(CONFIG); LlamaModel loaded = new LlamaModel(CONFIG)) {
      drawn.initialize(backend, 5);
      List<SafetensorsWriter.Entry> entries = new ArrayList<>();
      drawn.parameters().forEach((name, p) ->
          entries.add(SafetensorsWriter.Entry.ofFloats(name, SafetensorsType.BF16, p.shape(), p.toFloats())));
      ShardedWriter.write(folder, entries, 1 << 20);
      try (WeightSource source = ShardedWeights.open(folder)) {
        Weights.load(loaded, backend, source);
      }
      Parameter matrix = loaded.head();
      assertEquals(DType.BF16, matrix.type());
      assertEquals(DType.F32, loaded.parameters().get("model.norm.weight").type());
      double[] values = matrix.toDoubles();
      assertTrue(difference(drawn.head().toDoubles(), values) < 4e-3);
      long before = backend.liveBytes();
      matrix.promote();
      assertEquals(DType.F32, matrix.type());
      assertArrayEquals(values, matrix.toDoubles());
      assertTrue(backend.liveBytes() > before);
    }
  }
}
