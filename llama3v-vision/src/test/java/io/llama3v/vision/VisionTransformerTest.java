package io.llama3v.vision;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.Backend;
import io.llama3v.io.Json;
import io.llama3v.io.SafetensorsFile;
import io.llama3v.io.WeightSource;
import io.llama3v.nn.Weights;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VisionTransformerTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/mllama_vision");
  private static final List<String> CASES = List.of("tile1", "tile2", "tile4", "two_images", "batch_mixed");

  private static VisionTransformer load(Backend backend) throws Exception {
    VisionTransformer tower = new VisionTransformer(VisionConfig.fromJson(Json.read(GOLDEN.resolve("config.json")).get("vision_config")));
    try (WeightSource source = SafetensorsFile.open(GOLDEN.resolve("model.safetensors"))) {
      Weights.load(tower, backend, source, "vision_model.", name -> false);
    }
    return tower;
  }

  /** The input of a case. */
  private record Input(float[] pixels, long[] shape, int[][] ids, int[][] tiles) {
    static Input read(WeightSource io) throws Exception {
      long[] shape = io.info("in.pixel_values").shape();
      int rows = (int) shape[0];
      int images = (int) shape[1];
      int most = (int) shape[2];
      long[] flatIds = io.readLongs("in.aspect_ratio_ids");
      long[] mask = io.readLongs("in.aspect_ratio_mask");
      int[][] ids = new int[rows][images];
      int[][] tiles = new int[rows][images];
      for (int i = 0; i < rows * images; i++) {
        ids[i / images][i % images] = (int) flatIds[i];
        for (int t = 0; t < most; t++) tiles[i / images][i % images] += (int) mask[i * most + t];
      }
      return new Input(io.readFloats("in.pixel_values"), shape, ids, tiles);
    }

    Tensor run(VisionTransformer tower, Backend backend, Trace trace) {
      return tower.forward(backend.tensor(pixels, shape), ids, tiles, trace);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "nd4j"})
  void everyStageAgreesWithTheReference(String backendName) throws Exception {
    try (Backend backend = Backend.named(backendName); VisionTransformer tower = load(backend)) {
      for (String name : CASES) {
        Map<String, float[]> computed = new LinkedHashMap<>();
        try (WeightSource io = SafetensorsFile.open(GOLDEN.resolve("cases/" + name + ".safetensors"));
            Scope scope = backend.scope()) {
          Input.read(io).run(tower, scope.backend(), (stage, value) -> computed.put(stage, value.toFloats()));
          ParityCheck check = new ParityCheck(name, null);
          int stages = 0;
          for (String tensor : io.names()) {
            if (!tensor.startsWith("out.vision.")) continue;
            String stage = tensor.substring("out.vision.".length());
            float[] expected = io.readFloats(tensor);
            if (stage.equals("patch_embedding")) expected = channelsLast(expected, io.info(tensor).shape());
            check.forward(stage, expected, computed.get(stage));
            stages++;
          }
          assertEquals(7 + 6 + 2, stages);
          assertTrue(check.result().passed(), check.result()::toString);
        }
      }
      long weights = tower.parameters().values().stream().mapToLong(p -> p.storage().bytes()).sum();
      assertEquals(weights, backend.liveBytes(), "everything but the weights was released");
    }
  }

  /** [N, C, H, W] to [N, H·W, C]. */
  private static float[] channelsLast(float[] x, long[] shape) {
    int channels = (int) shape[1];
    int cells = (int) (shape[2] * shape[3]);
    float[] out = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      int cell = i % cells;
      int channel = i / cells % channels;
      out[(i / cells / channels * cells + cell) * channels + channel] = x[i];
    }
    return out;
  }

  @Test
  void gradientsAreThoseOfFiniteDifferencesAndOfRecomputation() throws Exception {
    try (Backend backend = Backend.named("cpu"); VisionTransformer tower = load(backend);
        WeightSource io = SafetensorsFile.open(GOLDEN.resolve("cases/batch_mixed.safetensors"))) {
      Input input = Input.read(io);
      Map<String, float[]> kept = gradients(tower, backend, input);
      tower.recompute(true);
      Map<String, float[]> recomputed = gradients(tower, backend, input);
      // Not bit for bit: a feature's gradient is added to its block's in another order.
      kept.forEach((name, expected) -> assertArrayEquals(expected, recomputed.get(name), (float) (1e-5 * ParityCheck.largest(expected)), name));
      tower.recompute(false);
      for (String name : List.of("class_embedding", "gated_positional_embedding.gate", "pre_tile_positional_embedding.gate",
          "post_tile_positional_embedding.embedding.weight", "transformer.layers.2.self_attn.k_proj.weight", "layernorm_pre.bias",
          "global_transformer.layers.0.gate_attn", "gated_positional_embedding.tile_embedding.weight")) {
        agreesWithDifferences(tower, backend, input, name, kept.get(name));
      }
    }
  }

  /** Compares the derivative along the gradient's own direction. */
  private static void agreesWithDifferences(VisionTransformer tower, Backend backend, Input input, String name, float[] gradient) {
    double norm = Math.sqrt(sum(gradient, gradient));
    assertTrue(norm > 1e-3, name + " has a gradient");
    var parameter = tower.parameters().get(name);
    float[] original = parameter.toFloats();
    double step = 1e-2;
    double[] values = new double[2];
    for (int side = 0; side < 2; side++) {
      float[] moved = original.clone();
      for (int i = 0; i < moved.length; i++) moved[i] += (float) ((side == 0 ? step : -step) * gradient[i] / norm);
      backend.upload(java.nio.FloatBuffer.wrap(moved), parameter);
      try (Scope scope = backend.scope()) {
        values[side] = weighted(input.run(tower, scope.backend(), Trace.NONE));
      }
    }
    backend.upload(java.nio.FloatBuffer.wrap(original), parameter);
    double measured = (values[0] - values[1]) / (2 * step);
    assertEquals(norm, measured, 5e-3 * norm, name);
  }

  private static double weighted(Tensor output) {
    return sum(output.toFloats(), weights((int) output.elements()));
  }

  private static double sum(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) sum += (double) a[i] * b[i];
    return sum;
  }

  private static float[] weights(int count) {
    float[] out = new float[count];
    for (int i = 0; i < count; i++) out[i] = (float) Math.sin(0.7 * i + 0.01 * i * i % 7);
    return out;
  }

  private static Map<String, float[]> gradients(VisionTransformer tower, Backend backend, Input input) {
    try (Tape tape = Tape.record(backend)) {
      Tensor output = input.run(tower, backend, Trace.NONE);
      tape.backward(output, backend.tensor(weights((int) output.elements()), output.shape()));
    }
    Map<String, float[]> out = new LinkedHashMap<>();
    tower.parameters().forEach((name, p) -> out.put(name, p.grad().toFloats()));
    tower.clearGrads();
    return out;
  }

  @Test
  void aHiddenStateDiesAsSoonAsTheNextBlockHasReadIt() throws Exception {
    try (Backend backend = Backend.named("cpu"); VisionTransformer tower = load(backend);
        WeightSource io = SafetensorsFile.open(GOLDEN.resolve("cases/tile4.safetensors"))) {
      Input input = Input.read(io);
      long[] live = new long[6];
      try (Scope scope = backend.scope()) {
        input.run(tower, scope.backend(), (name, value) -> {
          if (name.startsWith("local_layer.")) live[name.charAt(name.length() - 1) - '0'] = backend.liveBytes();
        });
      }
      // The inputs of blocks 1, 2 and 4 are features; that of block 3 is not, and is gone when block 4 has run.
      assertEquals(live[3], live[4], Arrays.toString(live));
      assertTrue(live[2] < live[3], Arrays.toString(live));
    }
  }

  @Test
  void whatDoesNotFitIsRefusedByName() throws Exception {
    try (Backend backend = Backend.named("cpu"); VisionTransformer tower = load(backend); Scope scope = backend.scope()) {
      Tensor pixels = scope.backend().zeros(1, 1, 4, 3, 42, 42);
      int[][] one = {{1}};
      assertMessage("aspect-ratio id of picture 0 in row 0 is 9; expected 0 to 8", () -> tower.forward(pixels, new int[][] {{9}}, one));
      assertMessage("number of tiles of picture 0 in row 0 is 0; expected 1 to 4", () -> tower.forward(pixels, one, new int[][] {{0}}));
      assertMessage("expected [B, n, 4, 3, 42, 42]", () -> tower.forward(scope.backend().zeros(1, 1, 2, 3, 42, 42), one, one));
      assertMessage("2 rows of aspect ratios and 1 of tile counts", () -> tower.forward(pixels, new int[2][1], one));
    }
  }

  private static void assertMessage(String part, org.junit.jupiter.api.function.Executable call) {
    String message = assertThrows(IllegalArgumentException.class, call).getMessage();
    assertTrue(message.contains(part), message);
  }
}
