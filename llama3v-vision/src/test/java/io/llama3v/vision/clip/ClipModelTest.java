package io.llama3v.vision.clip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.Backend;
import io.llama3v.io.SafetensorsFile;
import io.llama3v.io.WeightSource;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;
import io.llama3v.vision.ParityCheck;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClipModelTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");

  @Test
  void savingWritesTheBytesThatWereLoaded(@TempDir Path folder) throws Exception {
    try (Backend backend = Backend.named("cpu"); ClipModel model = ClipModel.load(backend, GOLDEN.resolve("clip_gelu"))) {
      model.save(folder);
      assertArrayEquals(Files.readAllBytes(GOLDEN.resolve("clip_gelu/model.safetensors")), Files.readAllBytes(folder.resolve("model.safetensors")));
      assertEquals(model.config(), ClipConfig.read(folder));
    }
  }

  @Test
  void goesToOpenClipsLayoutAndBack(@TempDir Path folder) throws Exception {
    Path source = GOLDEN.resolve("openclip_quickgelu");
    try (Backend backend = Backend.named("cpu"); ClipModel model = ClipModel.load(backend, source)) {
      OpenClipLayout.save(model, folder);
      try (WeightSource before = SafetensorsFile.open(source.resolve(OpenClipLayout.WEIGHTS_FILE));
          WeightSource after = SafetensorsFile.open(folder.resolve(OpenClipLayout.WEIGHTS_FILE));
          ClipModel again = ClipModel.load(backend, folder)) {
        assertEquals(before.names(), after.names());
        for (String name : before.names()) {
          assertArrayEquals(before.info(name).shape(), after.info(name).shape(), name);
          assertArrayEquals(before.readFloats(name), after.readFloats(name), name);
        }
        again.parameters().forEach((name, p) -> assertArrayEquals(model.parameters().get(name).toFloats(), p.toFloats(), name));
      }
    }
  }

  @Test
  void aCheckpointOfAnotherShapeIsRefusedByName(@TempDir Path folder) throws Exception {
    String json = Files.readString(GOLDEN.resolve("clip_gelu/config.json"));
    Files.writeString(folder.resolve("config.json"), json.replace("\"projection_dim\": 20", "\"projection_dim\": 24"));
    Files.copy(GOLDEN.resolve("clip_gelu/model.safetensors"), folder.resolve("model.safetensors"));
    try (Backend backend = Backend.named("cpu")) {
      String message = assertThrows(IllegalArgumentException.class, () -> ClipModel.load(backend, folder)).getMessage();
      assertTrue(message.contains("visual_projection.weight has shape [20, 32]; the model expects [24, 32]"), message);
      assertEquals(0, backend.liveBytes());
    }
  }

  @Test
  void recomputationGivesTheSameGradientsOfLargerImages() throws Exception {
    try (Backend backend = Backend.named("cpu"); ClipModel model = ClipModel.load(backend, GOLDEN.resolve("clip_gelu"));
        WeightSource io = SafetensorsFile.open(GOLDEN.resolve("clip_gelu/io.safetensors"))) {
      Map<String, float[]> kept = gradients(model, backend, io);
      model.recompute(true);
      Map<String, float[]> recomputed = gradients(model, backend, io);
      kept.forEach((name, expected) -> assertArrayEquals(expected, recomputed.get(name), name));
      float[] positions = kept.get("vision_model.embeddings.position_embedding.weight");
      for (int row = 0; row < 17; row++) {
        float[] one = Arrays.copyOfRange(positions, row * 32, row * 32 + 32);
        assertTrue(ParityCheck.largest(one) > 0, "row " + row + " has a gradient through the interpolation");
      }
    }
  }

  private static Map<String, float[]> gradients(ClipModel model, Backend backend, WeightSource io) throws Exception {
    model.clearGrads();
    try (Tape tape = Tape.record(backend)) {
      tape.backward(model.loss(backend.tensor(io.readFloats("in.hires.pixel_values"), 4, 3, 42, 42), ids(backend, io),
          backend.tensor(mask(io), 4, 12)));
    }
    Map<String, float[]> out = new HashMap<>();
    model.parameters().forEach((name, p) -> out.put(name, p.grad().toFloats()));
    return out;
  }

  private static Tensor ids(Backend backend, WeightSource io) throws Exception {
    return backend.tensor(Arrays.stream(io.readLongs("in.input_ids")).mapToInt(i -> (int) i).toArray(), 4, 12);
  }

  private static float[] mask(WeightSource io) throws Exception {
    long[] values = io.readLongs("in.attention_mask");
    float[] out = new float[values.length];
    for (int i = 0; i < out.length; i++) out[i] = values[i];
    return out;
  }

  @Test
  void aFreshModelStartsAtChanceAndTextsAreChecked() throws Exception {
    try (Backend backend = Backend.named("cpu");
        ClipModel model = new ClipModel(ClipConfig.read(GOLDEN.resolve("clip_gelu")))) {
      model.initialize(backend, 3);
      try (Scope scope = backend.scope(); WeightSource io = SafetensorsFile.open(GOLDEN.resolve("clip_gelu/io.safetensors"))) {
        Tensor ids = ids(scope.backend(), io);
        double loss = model.loss(backend.tensor(io.readFloats("in.pixel_values"), 4, 3, 28, 28), ids, null).item();
        assertTrue(loss > 0.3 && loss < 6, "loss " + loss + " near ln 4");
        String unknown = assertThrows(IllegalArgumentException.class,
            () -> model.textFeatures(backend.tensor(new int[] {1, 61}, 1, 2), null)).getMessage();
        assertTrue(unknown.contains("token 1 of text 0 is 61; the vocabulary has ids 0 to 60"), unknown);
        String longText = assertThrows(IllegalArgumentException.class,
            () -> model.textFeatures(backend.tensor(new int[13], 1, 13), null)).getMessage();
        assertTrue(longText.contains("I32[1, 13]; expected I32[texts, 1 to 12]"), longText);
      }
    }
  }
}
